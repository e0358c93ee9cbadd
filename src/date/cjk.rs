//! Chinese, Japanese and Korean forms of a day, and the eras that Japan and Taiwan count from.

use super::scan::{Scan, Stated, day, full_year};

impl Scan<'_> {
    /// `2024年4月24日`, `2024년 4월 24일`, `4月24日`.
    pub(super) fn cjk(&self, i: usize) -> Option<Stated> {
        let (first, digits) = self.number(i)?;
        let at = self.skip(i + 1, &[], &[]);
        if self.any_mark(at, &['年', '년']) {
            let j = self.skip(at + 1, &[], &[]);
            let (m, d, next) = self.cjk_month(j)?;
            return day(Some(full_year(first, digits)), m, d, next);
        }
        let (m, d, next) = self.cjk_month(i)?;
        day(None, m, Some(d?), next)
    }

    fn cjk_month(&self, i: usize) -> Option<(u64, Option<u64>, usize)> {
        let (m, _) = self.number(i)?;
        let at = self.skip(i + 1, &[], &[]);
        if !self.any_mark(at, &['月', '월']) {
            return None;
        }
        let j = self.skip(at + 1, &[], &[]);
        let Some((d, _)) = self.number(j) else {
            return Some((m, None, at + 1));
        };
        let end = self.skip(j + 1, &[], &[]);
        if self.any_mark(end, &['日', '일', '号', '號']) {
            return Some((m, Some(d), end + 1));
        }
        None
    }

    /// `令和6年4月24日`, `民國113年4月24日`.
    pub(super) fn era(&self, i: usize) -> Option<Stated> {
        let rest = &self.text[self.tokens[i].from..];
        let base = [
            ("令和", 2018),
            ("平成", 1988),
            ("昭和", 1925),
            ("民國", 1911),
            ("民国", 1911),
        ]
        .into_iter()
        .find(|(name, _)| rest.starts_with(name))?
        .1;
        let (n, _) = self.number(i + 2)?;
        if !self.is_mark(i + 3, '年') {
            return None;
        }
        let (m, d, next) = self.cjk_month(self.skip(i + 4, &[], &[]))?;
        day(Some(base + n), m, d, next)
    }
}
