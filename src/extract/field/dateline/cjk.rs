//! Datelines of Chinese, Japanese and Korean: `新华社北京4月24日电`, `【ソウル＝…】`,
//! `(서울=연합뉴스) … 기자 =`, `記者…／台北報導`.

use super::gazetteer::{gazetteer, is_cjk};
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

fn close_of(open: char) -> char {
    match open {
        '【' => '】',
        '〔' => '〕',
        '（' => '）',
        '［' => '］',
        '[' => ']',
        _ => ')',
    }
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
        let korean = left.chars().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
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

/// What may follow a dateline's core: `（记者张三）`, ` 김하늘 기자 =`, ` -`. Its length in bytes.
fn trailing(rest: &str, line: &mut LeadDateline) -> usize {
    let skipped = rest.len() - rest.trim_start().len();
    let tail = &rest[skipped..];
    if let Some(open) = tail.chars().next().filter(|c| matches!(c, '（' | '(')) {
        if let Some(end) = tail.find(close_of(open)).or_else(|| tail.find(['）', ')'])) {
            let inside = tail[open.len_utf8()..end].trim();
            let names = inside.contains("记者")
                || inside.contains("記者")
                || inside.contains("通讯员")
                || inside
                    .split([' ', '、', '\u{3000}'])
                    .all(|w| (2..=4).contains(&w.chars().count()) && w.chars().all(is_cjk));
            if names && inside.chars().count() <= 50 {
                line.reporter = Some(inside.to_owned());
                let close = tail[end..].chars().next().map_or(0, char::len_utf8);
                return skipped + end + close;
            }
        }
        return 0;
    }
    if let Some(end) = tail
        .find('=')
        .filter(|&e| tail[..e].contains("기자") || tail[..e].contains("특파원"))
    {
        let name = tail[..end].trim();
        if name.chars().count() <= 20 {
            line.reporter = Some(name.to_owned());
            return skipped + end + 1;
        }
    }
    if tail.starts_with("- ") || tail.starts_with("-\u{3000}") {
        return skipped + 1;
    }
    0
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

/// `新华社北京4月24日电（记者…）`, `本报讯`, `东方网1月11日消息：`.
fn wire(head: &str) -> Option<LeadDateline> {
    for (at, c) in head.char_indices().skip(1).take(44) {
        if matches!(c, '，' | '。' | '：' | '？' | '！' | '；' | '、') {
            break;
        }
        let word = ["电", "電", "讯", "訊", "消息", "报道", "報導", "報道"]
            .into_iter()
            .find(|w| head[at..].starts_with(w));
        if let Some(found) = word.and_then(|word| wire_at(head, at, word)) {
            return Some(found);
        }
    }
    None
}

/// Characters that make a word of the one before: 电视, 电话, 讯息.
const JOINED: &str =
    "视視话話影信力子脑腦网網商器动動台臺池车車价費费源线線称說说息员員显顯科财財体體娱";

fn wire_at(head: &str, at: usize, word: &str) -> Option<LeadDateline> {
    let mut to = at + word.len();
    let next = head[to..].chars().next();
    if next.is_some_and(|c| JOINED.contains(c)) {
        return None;
    }
    let core = head[..at].trim_end();
    let quoted = core.starts_with(['据', '據']);
    let mut line = wire_parts(core)?;
    let report = !matches!(word, "电" | "電" | "讯" | "訊");
    if report && (quoted || line.date.is_none() && line.places.is_empty()) {
        return None;
    }
    if word == "消息"
        && head[to..].starts_with(['，', '：', ':', ','])
        && (line.places.is_empty() || line.agencies.is_empty())
    {
        to += head[to..].chars().next().map_or(0, char::len_utf8);
    } else if report && line.agencies.is_empty() {
        return None;
    }
    to += after_wire(&head[to..], &mut line);
    head[..to].clone_into(&mut line.text);
    Some(line)
}

/// What follows the closing word: reporters, or Beijing time and a second closing word.
fn after_wire(rest: &str, line: &mut LeadDateline) -> usize {
    let brackets = trailing(rest, line);
    if brackets > 0 {
        return brackets + second_time(&rest[brackets..], line);
    }
    let time = second_time(rest, line);
    if time > 0 {
        return time;
    }
    let skipped = rest.len() - rest.trim_start().len();
    let tail = &rest[skipped..];
    // ` 记者胡建辉 ` without brackets, up to white space or `报道：`.
    if tail.starts_with("记者") || tail.starts_with("記者") {
        let stop = tail
            .find([' ', '\u{3000}', '：', '，'])
            .unwrap_or(tail.len());
        let name = tail[..stop]
            .trim_end_matches("报道")
            .trim_end_matches("報導");
        if (4..=10).contains(&name.chars().count()) {
            line.reporter = Some(name.to_owned());
            let colon = tail[stop..].starts_with('：');
            return skipped + stop + if colon { '：'.len_utf8() } else { 0 };
        }
    }
    0
}

/// ` 北京时间12月15日晚间消息，` behind an outlet's `讯`.
fn second_time(rest: &str, line: &mut LeadDateline) -> usize {
    let skipped = rest.len() - rest.trim_start().len();
    let tail = &rest[skipped..];
    if let Some(at) = tail
        .find("消息")
        .filter(|&at| tail[..at].chars().count() <= 16)
    {
        let core = tail[..at]
            .trim_start_matches("北京时间")
            .trim_start_matches("北京時間");
        let (date, left) = date_at_start(core);
        let time = [
            "晚间", "上午", "下午", "凌晨", "早间", "傍晚", "中午", "晚間", "早間", "",
        ];
        if let Some(date) = date
            && time.contains(&left.trim())
        {
            line.date = Some(date.to_owned());
            let mut to = skipped + at + "消息".len();
            if rest[to..].starts_with(['，', '：', ',', ':']) {
                to += rest[to..].chars().next().map_or(0, char::len_utf8);
            }
            return to;
        }
    }
    0
}

/// Outlet, place and date of a wire's head; none if something else is in it.
fn wire_parts(core: &str) -> Option<LeadDateline> {
    let mut line = LeadDateline::default();
    let core = core.trim_start_matches(['据', '據']);
    let (outlet, rest) = outlet(core);
    if let Some(outlet) = outlet {
        line.agencies.push(outlet.to_owned());
    }
    let rest = rest
        .trim_end_matches("快")
        .trim_end_matches("综合")
        .trim_end_matches("綜合")
        .trim();
    let cut = date_from(rest);
    let (place, date) = rest.split_at(cut);
    if !date.is_empty() {
        line.date = Some(date_at_start(date).0?.to_owned());
    }
    let place = place
        .trim()
        .trim_end_matches('站')
        .trim_end_matches("北京时间")
        .trim_end_matches("北京時間");
    if !place.is_empty() {
        let plain = place.chars().all(is_cjk)
            && !place
                .chars()
                .any(|c| "的了在是为為及和与與对對将將从從今昨等".contains(c));
        if !plain || place.chars().count() > 8 || line.agencies.is_empty() {
            return None;
        }
        let (region, city) = country_and_city(place);
        line.region = region.map(str::to_owned);
        line.places.push(city.to_owned());
    }
    (!line.agencies.is_empty() || line.date.is_some()).then_some(line)
}

/// Where a date begins in what is left of a wire's head.
fn date_from(rest: &str) -> usize {
    let digit = |c: char| c.is_ascii_digit() || matches!(c, '０'..='９');
    rest.find(digit)
        .or_else(|| rest.find(['今', '昨']))
        .unwrap_or(rest.len())
}

/// The date that a text begins with, and what follows.
fn date_at_start(text: &str) -> (Option<&str>, &str) {
    let end = text.rfind(['日', '号']).map(|at| at + '日'.len_utf8());
    let Some(end) = end else { return (None, text) };
    let date = &text[..end];
    let legal = |c: char| {
        c.is_ascii_digit()
            || matches!(
                c,
                '０'..='９' | '年' | '月' | '日' | '号' | '今' | '昨' | ' '
            )
    };
    if date.chars().all(legal) && date.chars().count() <= 12 {
        (Some(date), &text[end..])
    } else {
        (None, text)
    }
}

/// How the names of outlets end.
const ENDS: &[&str] = &[
    "电视台",
    "電視台",
    "新闻网",
    "新聞網",
    "日报网",
    "在线",
    "在線",
    "财经",
    "財經",
    "日报",
    "日報",
    "晚报",
    "晚報",
    "早报",
    "晨报",
    "时报",
    "時報",
    "都市报",
    "都市報",
    "商报",
    "商報",
    "科技",
    "体育",
    "娱乐",
    "网",
    "網",
    "报",
    "報",
    "社",
    "台",
    "刊",
];

/// The outlet that a wire's head begins with: one of the table, or a name that ends like one.
fn outlet(core: &str) -> (Option<&str>, &str) {
    for agency in &gazetteer().dense_agencies {
        if let Some(rest) = core.strip_prefix(agency) {
            return (Some(&core[..agency.len()]), rest);
        }
    }
    let mut best: Option<usize> = None;
    for (at, _) in core.char_indices().skip(1).take(11) {
        for end in ENDS {
            let city = ["台湾", "台灣", "台北", "台中", "台南"]
                .iter()
                .any(|t| core[at..].starts_with(t));
            let taiwan = *end == "台" && city;
            if core[at..].starts_with(end) && !taiwan {
                let to = at + end.len();
                best = Some(best.map_or(to, |b: usize| if at <= b { b.max(to) } else { b }));
            }
        }
    }
    match best {
        Some(to) if core[..to].chars().count() >= 2 => (Some(&core[..to]), &core[to..]),
        _ => (None, core),
    }
}

/// A country or province before a city: both are named in full.
fn country_and_city(place: &str) -> (Option<&str>, &str) {
    const REGIONS: &[&str] = &[
        "南非",
        "美国",
        "英国",
        "法国",
        "德国",
        "日本",
        "韩国",
        "印度",
        "俄罗斯",
        "澳大利亚",
        "加拿大",
        "巴西",
        "意大利",
        "西班牙",
        "埃及",
        "土耳其",
        "河南",
        "河北",
        "山东",
        "山西",
        "湖南",
        "湖北",
        "广东",
        "广西",
        "江苏",
        "浙江",
        "安徽",
        "福建",
        "江西",
        "四川",
        "贵州",
        "云南",
        "陕西",
        "甘肃",
        "青海",
        "辽宁",
        "吉林",
        "黑龙江",
        "海南",
        "新疆",
        "西藏",
        "内蒙古",
        "宁夏",
    ];
    for region in REGIONS {
        if let Some(city) = place.strip_prefix(region)
            && city.chars().count() >= 2
        {
            return (Some(&place[..region.len()]), city);
        }
    }
    (None, place)
}
