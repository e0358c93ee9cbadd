//! Heads of Chinese wires: outlet, place, date and a closing word (`新华社北京4月24日电`), and what
//! may follow a head in Chinese, Japanese and Korean.

use super::gazetteer::{gazetteer, is_cjk};
use crate::extract::article::LeadDateline;

pub(super) fn close_of(open: char) -> char {
    match open {
        '【' => '】',
        '〔' => '〕',
        '（' => '）',
        '［' => '］',
        '[' => ']',
        _ => ')',
    }
}

/// What may follow a dateline's core: `（记者张三）`, ` 김하늘 기자 =`, ` -`. Its length in bytes.
pub(super) fn trailing(rest: &str, line: &mut LeadDateline) -> usize {
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

/// `新华社北京4月24日电（记者…）`, `本报讯`, `东方网1月11日消息：`.
pub(super) fn wire(head: &str) -> Option<LeadDateline> {
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
pub(super) fn wire_parts(core: &str) -> Option<LeadDateline> {
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
