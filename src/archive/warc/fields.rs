//! Lines of the form `name: value`, as they head a WARC record and an HTTP message.
//!
//! What is not of that form is passed over: a head is read for what can be had from it.

/// Named fields in the order they stand in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the lines of a head. A line that begins with white space goes on with the value of
    /// the line before (RFC 9112, section 5.2; WARC 1.1, section 4).
    pub(super) fn parse(lines: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines.split(|&b| b == b'\n') {
            let text = String::from_utf8_lossy(line);
            let text = text.trim_end();
            if text.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim_start());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                let value = value.trim();
                fields.push((name.trim_end().to_owned(), value.to_owned()));
            }
        }
        Self(fields)
    }

    /// The first field of this name, compared without case.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn into_inner(self) -> Vec<(String, String)> {
        self.0
    }
}

/// The essence of a media type: without parameters, in lower case (RFC 9110, section 8.3.1).
pub(super) fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
