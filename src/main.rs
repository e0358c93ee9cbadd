//! The `cleancopy` program.

fn main() {}
