//! A trained model: gradient-boosted trees over the named inputs.
//!
//! The text form is JSON made by `tools/train`; its header says which inputs it was trained on,
//! from which list of pages, and what it scored on publishers held back. A model that names other
//! inputs than the code computes is refused when it is loaded.

use serde::Deserialize;

use crate::extract::body::features::{FEATURES, Values};

/// Why a model was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The text is not a model in this format.
    #[error("not a model in format {FORMAT}")]
    Format(#[from] serde_json::Error),
    /// The format version is another one.
    #[error("model format {0}, expected {FORMAT}")]
    Version(u32),
    /// The model was trained on other inputs; the first that differs is named.
    #[error("model and code disagree on input {index}: model `{model}`, code `{code}`")]
    Inputs {
        /// Position in the list of inputs.
        index: usize,
        /// The model's name for it.
        model: String,
        /// The code's name for it.
        code: String,
    },
    /// A tree points outside itself or at an input that does not exist.
    #[error("tree {0} is damaged")]
    Tree(usize),
}

/// Version of the text form.
const FORMAT: u32 = 1;

/// Blocks that are taken through a tree together.
pub(crate) const LANES: usize = 16;

#[derive(Debug, Deserialize)]
struct Text {
    format: u32,
    features: Vec<String>,
    bias: f32,
    threshold: f32,
    trees: Vec<TreeText>,
}

/// One tree: inner nodes first; a child below zero is leaf `-child - 1`.
#[derive(Debug, Deserialize)]
struct TreeText {
    feature: Vec<u16>,
    threshold: Vec<f32>,
    left: Vec<i16>,
    right: Vec<i16>,
    /// Mean output of the training rows below each split.
    mean: Vec<f32>,
    leaf: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
struct Split {
    feature: u16,
    threshold: f32,
    left: i16,
    right: i16,
}

#[derive(Debug)]
struct Tree {
    splits: Vec<Split>,
    leaves: Vec<f32>,
    /// Mean output below each split, for telling what an input added.
    means: Vec<f32>,
}

/// The splits of all small trees by the input that they ask for (`QuickScorer`, Lucchese and others,
/// 2015). A tree is not walked: of its leaves, numbered from left to right, every split whose answer
/// is "right" rules out those on its left, and the first that is left over is where a walk would end.
/// So the splits may be asked in any order, many blocks at a time and without a jump to be guessed;
/// and of the splits of one input, sorted by their threshold, those behind the greatest value need
/// not be asked at all.
#[derive(Debug, Default)]
struct Sieve {
    /// Each input that is asked for, with the number behind its last split.
    inputs: Vec<(u16, u32)>,
    asked: Vec<Asked>,
    /// Outputs of the leaves from left to right, [`LEAVES`] for each tree.
    leaves: Vec<f32>,
}

/// A split as it is asked for many blocks at a time.
#[derive(Debug, Clone, Copy)]
struct Asked {
    threshold: f32,
    tree: u32,
    /// A bit for each leaf that stays when the answer is "right".
    stay: u32,
}

/// Leaves that a tree in the [`Sieve`] has at most: a bit each.
const LEAVES: usize = 32;

/// A loaded model.
#[derive(Debug)]
pub struct Model {
    bias: f32,
    threshold: f32,
    trees: Vec<Tree>,
    /// Not there for a model with a tree that is too large for it.
    sieve: Option<Sieve>,
}

impl Model {
    /// The model that comes with the crate.
    pub fn embedded() -> &'static Self {
        static MODEL: std::sync::LazyLock<Model> = std::sync::LazyLock::new(|| {
            Model::load(include_str!("model.json")).expect("the embedded model fits the code")
        });
        &MODEL
    }

    /// Loads a model from its text form.
    ///
    /// # Errors
    /// [`ModelError`] when the text is no model or was trained on other inputs.
    ///
    /// # Examples
    /// ```
    /// use cleancopy::extract::{Model, ModelError};
    /// assert!(matches!(Model::load("{}"), Err(ModelError::Format(_))));
    /// ```
    pub fn load(text: &str) -> Result<Self, ModelError> {
        let text: Text = serde_json::from_str(text)?;
        if text.format != FORMAT {
            return Err(ModelError::Version(text.format));
        }
        for index in 0..FEATURES.len().max(text.features.len()) {
            let model = text.features.get(index).map_or("", String::as_str);
            let code = FEATURES.get(index).copied().unwrap_or("");
            if model != code {
                let (model, code) = (model.to_owned(), code.to_owned());
                return Err(ModelError::Inputs { index, model, code });
            }
        }
        let trees: Vec<Tree> = text
            .trees
            .into_iter()
            .enumerate()
            .map(|(i, tree)| Tree::check(tree).ok_or(ModelError::Tree(i)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            bias: text.bias,
            threshold: text.threshold,
            sieve: Sieve::of(&trees),
            trees,
        })
    }

    /// The probability from which on a block is kept.
    pub(crate) fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Adds to `scores`, for each row of inputs, at most [`LANES`] of them, the probability, 0 to 1,
    /// that its block is text of the story.
    pub(crate) fn score(&self, rows: &[Values], scores: &mut Vec<f32>) {
        let mut sums = [self.bias; LANES];
        if let Some(sieve) = &self.sieve {
            sieve.add(rows, &mut sums);
        } else {
            for (sum, row) in sums.iter_mut().zip(rows) {
                for tree in &self.trees {
                    *sum += tree.leaf(row, |_, _| ());
                }
            }
        }
        let sums = sums.iter().take(rows.len());
        scores.extend(sums.map(|sum| 1.0 / (1.0 + (-sum).exp())));
    }

    /// The inputs that moved a score most, with what each added in log-odds (the change of the mean
    /// output at every split on the way, after Saabas, 2014): three that speak for what the score
    /// says, the strongest first, and the one that speaks most against it.
    pub(crate) fn parts(&self, values: &Values) -> Box<[(&'static str, f32)]> {
        let mut moved = vec![0.0_f32; FEATURES.len()];
        let mut sum = self.bias;
        for tree in &self.trees {
            sum += tree.leaf(values, |feature, change| moved[feature] += change);
        }
        let mut parts: Vec<_> = FEATURES.iter().copied().zip(moved).collect();
        let speaks_for = sum >= 0.0;
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        let on = |side: bool| {
            parts
                .iter()
                .filter(move |p| p.1 != 0.0 && (p.1 > 0.0) == side)
        };
        let strongest = on(speaks_for).take(3).chain(on(!speaks_for).take(1));
        strongest.copied().collect()
    }
}

impl Asked {
    /// Rules leaves out, without a jump: so several blocks are done by one instruction.
    fn put_to(self, values: &[f32; LANES], left: &mut [u32; LANES]) {
        for (left, value) in left.iter_mut().zip(values) {
            let no_answer = u32::from(*value > self.threshold).wrapping_sub(1);
            *left &= self.stay | no_answer;
        }
    }
}

impl Sieve {
    fn of(trees: &[Tree]) -> Option<Self> {
        if trees.iter().any(|tree| tree.leaves.len() > LEAVES) {
            return None;
        }
        let mut sieve = Self {
            leaves: vec![0.0; trees.len() * LEAVES],
            ..Self::default()
        };
        let mut asked: Vec<(u16, Asked)> = Vec::new();
        let places = sieve.leaves.chunks_exact_mut(LEAVES);
        for ((number, tree), leaves) in trees.iter().enumerate().zip(places) {
            tree.in_order(leaves, |split, left| {
                let Split {
                    feature, threshold, ..
                } = *split;
                let (tree, stay) = (number as u32, !left);
                let question = Asked {
                    threshold,
                    tree,
                    stay,
                };
                asked.push((feature, question));
            });
        }
        asked.sort_by(|(f, a), (g, b)| f.cmp(g).then(a.threshold.total_cmp(&b.threshold)));
        for (at, (feature, _)) in asked.iter().enumerate() {
            let end = at as u32 + 1;
            match sieve.inputs.last_mut() {
                Some(last) if last.0 == *feature => last.1 = end,
                _ => sieve.inputs.push((*feature, end)),
            }
        }
        sieve.asked = asked.into_iter().map(|a| a.1).collect();
        Some(sieve)
    }

    /// Adds the outputs of all trees for each row, in the order of the trees.
    fn add(&self, rows: &[Values], sums: &mut [f32; LANES]) {
        let trees = self.leaves.chunks_exact(LEAVES);
        let mut left = vec![[u32::MAX; LANES]; trees.len()];
        let mut from = 0;
        for &(feature, to) in &self.inputs {
            let mut values = [f32::NEG_INFINITY; LANES];
            for (value, row) in values.iter_mut().zip(rows) {
                *value = row[usize::from(feature)];
            }
            let greatest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for asked in &self.asked[from..to as usize] {
                if greatest <= asked.threshold {
                    break;
                }
                asked.put_to(&values, &mut left[asked.tree as usize]);
            }
            from = to as usize;
        }
        for (leaves, left) in trees.zip(left) {
            for (sum, left) in sums.iter_mut().zip(left) {
                *sum += leaves[left.trailing_zeros() as usize % LEAVES];
            }
        }
    }
}

impl Tree {
    /// Puts the outputs of the leaves, from left to right, into `leaves`; `each` is told of every
    /// split and which leaves are on its left, a bit each.
    fn in_order(&self, leaves: &mut [f32], mut each: impl FnMut(&Split, u32)) {
        let Some(root) = self.splits.first() else {
            leaves[0] = self.leaves[0];
            return;
        };
        let mut next = 0;
        // Splits whose left side is being taken, with the first leaf on it.
        let mut open = vec![(root, 0)];
        let mut at = root.left;
        loop {
            if at >= 0 {
                let split = &self.splits[at as usize];
                open.push((split, next));
                at = split.left;
                continue;
            }
            leaves[next] = self.leaves[leaf_of(at)];
            next += 1;
            let Some((split, first)) = open.pop() else {
                return;
            };
            each(split, (1 << next) - (1 << first));
            at = split.right;
        }
    }

    fn check(text: TreeText) -> Option<Self> {
        let n = text.feature.len();
        let sound = text.threshold.len() == n
            && text.left.len() == n
            && text.right.len() == n
            && text.mean.len() == n
            && text.leaf.len() == n + 1
            && text
                .feature
                .iter()
                .all(|&f| usize::from(f) < FEATURES.len())
            && Self::hangs_together(&text);
        if !sound {
            return None;
        }
        let splits: Vec<Split> = (0..n)
            .map(|i| Split {
                feature: text.feature[i],
                threshold: text.threshold[i],
                left: text.left[i],
                right: text.right[i],
            })
            .collect();
        Some(Self {
            splits,
            leaves: text.leaf,
            means: text.mean,
        })
    }

    /// Whether every split but the first, and every leaf, is the child of one split that stands
    /// before it.
    fn hangs_together(text: &TreeText) -> bool {
        let n = text.feature.len();
        let mut has_parent = vec![false; n + text.leaf.len()];
        let children = text
            .left
            .iter()
            .enumerate()
            .chain(text.right.iter().enumerate());
        for (parent, &child) in children {
            let (at, is_behind) = if child < 0 {
                (n + leaf_of(child), true)
            } else {
                (child as usize, child as usize > parent)
            };
            match has_parent.get_mut(at) {
                Some(has) if !*has && is_behind && (child < 0 || at < n) => *has = true,
                _ => return false,
            }
        }
        has_parent.iter().skip(1).all(|&has| has) || n == 0
    }

    /// The output for these inputs; `step` hears which input changed the mean by how much.
    fn leaf(&self, values: &Values, mut step: impl FnMut(usize, f32)) -> f32 {
        let mut at = 0_i16;
        if self.splits.is_empty() {
            return self.leaves[0];
        }
        loop {
            let split = self.splits[at as usize];
            let feature = usize::from(split.feature);
            let next = if values[feature] > split.threshold {
                split.right
            } else {
                split.left
            };
            let before = self.means[at as usize];
            if next < 0 {
                let value = self.leaves[leaf_of(next)];
                step(feature, value - before);
                return value;
            }
            step(feature, self.means[next as usize] - before);
            at = next;
        }
    }
}

fn leaf_of(child: i16) -> usize {
    (-i32::from(child) - 1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sieve_gives_what_walking_the_trees_gives() {
        let model = Model::embedded();
        let mut seed = 1_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as f32 / 6_000.0 - 1.0
        };
        let rows: Vec<Values> = (0..LANES - 3)
            .map(|_| std::array::from_fn(|_| next().max(0.0)))
            .collect();
        let (mut sieved, mut walked) = (Vec::new(), Vec::new());
        model.score(&rows, &mut sieved);
        Model::walking().score(&rows, &mut walked);
        assert_eq!(sieved, walked);
        assert!(
            walked
                .iter()
                .any(|score| score.to_bits() != walked[0].to_bits())
        );
    }

    impl Model {
        /// The embedded model as one whose trees are too large for the sieve.
        fn walking() -> Self {
            let mut model = Self::load(include_str!("model.json")).expect("it is embedded");
            model.sieve = None;
            model
        }
    }

    #[test]
    fn a_tree_hangs_together() {
        let tree = |left: [i16; 2], right: [i16; 2]| TreeText {
            feature: vec![0; 2],
            threshold: vec![0.0; 2],
            left: left.into(),
            right: right.into(),
            mean: vec![0.0; 2],
            leaf: vec![0.0; 3],
        };
        assert!(Tree::check(tree([1, -1], [-3, -2])).is_some());
        for (left, right) in [
            ([1, -1], [1, -2]),
            ([1, -1], [-1, -2]),
            ([1, -1], [-4, -2]),
            ([2, -1], [-3, -2]),
            ([0, -1], [-3, -2]),
        ] {
            assert!(
                Tree::check(tree(left, right)).is_none(),
                "{left:?} {right:?}"
            );
        }
    }
}
