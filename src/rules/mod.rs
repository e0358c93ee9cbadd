//! Rules as tables: what marks something that is certainly not article text.

mod id;

pub use id::RuleId;

/// All rule tables, checked and compiled.
#[derive(Debug, Default)]
pub struct Rules {}

impl Rules {
    /// The tables that come with the crate.
    pub fn embedded() -> &'static Self {
        static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(Rules::default);
        &RULES
    }
}
