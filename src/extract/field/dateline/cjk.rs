//! Datelines of Chinese, Japanese and Korean: `新华社北京4月24日电`, `【ソウル＝…】`,
//! `(서울=연합뉴스) … 기자 =`, `記者…／台北報導`.

use super::gazetteer::gazetteer;
use super::wire::{close_of, trailing, wire, wire_parts};
use crate::extract::article::LeadDateline;

/// How far into a text a dateline may reach, in characters.
const WINDOW: usize = 64;

/// The dateline at the head of a text, if there is one.
pub(super) fn lead(text: &str) -> Option<LeadDateline> {
    let head: String = text.chars().take(WINDOW).collect();
    let mut line = if head.starts_with(['【', '〔', '（', '(', '［', '[']) {
        bracket(&head)?
    } else if head.starts_with("記者") || head.starts_with("记者") {
        reporter_line(&head)?
    } else {
        wire(&head)?
    };
    line.text.truncate(line.text.trim_end().len());
    (!line.text.is_empty()).then_some(line)
}

/// Words in brackets that are labels of columns, not datelines.
const LABELS: &[&str] = &[
    "快讯",
    "快訊",
    "速報",
    "속보",
    "评",
    "評",
    "解説",
    "社説",
    "写真",
    "图",
    "圖",
    "视频",
    "影片",
    "聞き手",
    "단독",
    "포토",
    "사진",
    "영상",
    "인터뷰",
    "종합",
    "특집",
    "导读",
    "摘要",
    "编者按",
    "原标题",
    "獨家",
    "独家",
];

/// A bracket at the very start.
fn bracket(head: &str) -> Option<LeadDateline> {
    let open = head.chars().next()?;
    let end = head.find(close_of(open))?;
    let inside = head[open.len_utf8()..end].trim();
    let mut to = end + close_of(open).len_utf8();
    if inside.is_empty()
        || LABELS
            .iter()
            .any(|l| inside.contains(l) && inside.chars().count() <= l.chars().count() + 4)
    {
        return None;
    }
    let mut line = LeadDateline::default();
    if let Some((left, right)) = inside.split_once(['＝', '=']) {
        equals(left.trim(), right.trim(), &mut line)?;
    } else if let Some(core) = report(inside) {
        reported(core, &mut line)?;
    } else {
        signed(inside, &mut line)?;
    }
    // A reporter's bracket or name, and a dash or an equals sign, may follow.
    to += trailing(&head[to..], &mut line);
    head[..to].clone_into(&mut line.text);
    Some(line)
}

/// `ソウル＝小池和樹`, `서울=연합뉴스`, `뉴욕=이데일리 한가람 특파원`.
fn equals(left: &str, right: &str, line: &mut LeadDateline) -> Option<()> {
    if left.chars().count() > 12 || left.contains(['（', '(']) || right.chars().count() > 24 {
        return None;
    }
    if let Some((place, agency)) = agency_at_end(left) {
        line.places.push(place.to_owned());
        line.agencies.push(agency.to_owned());
        line.reporter = Some(right.to_owned());
    } else {
        line.places.push(left.to_owned());
        let korean = left.chars().any(crate::text::is_hangul);
        let first = right.split(' ').next().unwrap_or(right);
        if gazetteer().is_agency(first) || korean {
            line.agencies.push(first.to_owned());
            let name = right[first.len()..].trim();
            if !name.is_empty() {
                line.reporter = Some(name.to_owned());
            }
        } else {
            line.reporter = Some(right.to_owned());
        }
    }
    Some(())
}

fn agency_at_end(text: &str) -> Option<(&str, &str)> {
    gazetteer().dense_agencies.iter().find_map(|agency| {
        let place = text.strip_suffix(agency)?.trim();
        (!place.is_empty()).then(|| (place, &text[text.len() - agency.len()..]))
    })
}

/// What stands before `報導`, `报道`.
fn report(inside: &str) -> Option<&str> {
    ["綜合報導", "综合报道", "報導", "报道", "報道"]
        .into_iter()
        .find_map(|w| inside.strip_suffix(w))
}

/// `記者…／台北`, `台灣…記者…台北`, `《…》综合`.
fn reported(core: &str, line: &mut LeadDateline) -> Option<()> {
    if let Some((who, place)) = core.split_once(['／', '/', '╱']) {
        line.reporter = Some(who.trim().to_owned());
        let place = place.trim();
        if !place.is_empty() && place != "綜合" && place != "综合" {
            line.places.push(place.to_owned());
        }
        return Some(());
    }
    if let Some(at) = core.find("記者").or_else(|| core.find("记者")) {
        if at > 0 {
            line.agencies.push(core[..at].to_owned());
        }
        let rest = &core[at..];
        // A name has three characters; what is left over is the place.
        let cut = rest.char_indices().nth(5).map_or(rest.len(), |c| c.0);
        line.reporter = Some(rest[..cut].to_owned());
        if cut < rest.len() {
            line.places.push(rest[cut..].to_owned());
        }
        return Some(());
    }
    (core.chars().count() <= 14).then(|| line.agencies.push(core.to_owned()))
}

/// `中央社`, `法新社日內瓦16日電`, `東京　１４日　ロイター`, `パリ時事`, `ソウル聯合ニュース`.
fn signed(inside: &str, line: &mut LeadDateline) -> Option<()> {
    if inside.chars().count() > 30 {
        return None;
    }
    if let Some(core) = inside.strip_suffix(['电', '電', '讯', '訊'])
        && let Some(found) = wire_parts(core)
    {
        *line = found;
        return Some(());
    }
    let parts: Vec<&str> = inside
        .split([' ', '\u{3000}'])
        .filter(|p| !p.is_empty())
        .collect();
    if parts.len() > 1 {
        let last = parts.last()?;
        if !gazetteer().is_agency(last) {
            return None;
        }
        line.agencies.push((*last).to_owned());
        for part in &parts[..parts.len() - 1] {
            if part.chars().any(char::is_numeric) {
                line.date = Some((*part).to_owned());
            } else {
                line.places.push((*part).to_owned());
            }
        }
        return Some(());
    }
    if let Some((place, agency)) = agency_at_end(inside) {
        line.places.push(place.to_owned());
        line.agencies.push(agency.to_owned());
        return Some(());
    }
    let outlet = gazetteer().is_agency(inside)
        || [
            "社", "网", "網", "财讯", "財訊", "日报", "日報", "晚报", "晚報", "時報", "时报",
            "新闻", "新聞", "通讯",
        ]
        .iter()
        .any(|s| inside.ends_with(s))
            && inside.chars().count() <= 10
            && !inside.contains(['，', '：', '？']);
    outlet.then(|| line.agencies.push(inside.to_owned()))
}

/// `記者孫慶璋／嘉義報導` on a line of its own or at the start.
fn reporter_line(head: &str) -> Option<LeadDateline> {
    let (end, word) = ["報導", "报道", "報道"]
        .into_iter()
        .filter_map(|w| head.find(w).map(|at| (at, w)))
        .min()?;
    let core = &head[..end];
    if core.chars().count() > 24
        || core.contains(['，', '。', ',', '：'])
        || !core.contains(['／', '/', '╱'])
    {
        return None;
    }
    let mut line = LeadDateline::default();
    reported(core, &mut line)?;
    head[..end + word.len()].clone_into(&mut line.text);
    Some(line)
}
