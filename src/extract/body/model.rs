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

/// A node as it is walked for many blocks at a time: a leaf leads back to itself whatever is asked,
/// so all blocks take the same number of steps and no step is a jump that must be guessed.
#[derive(Debug, Clone, Copy)]
struct Step {
    threshold: f32,
    feature: u16,
    next: [u16; 2],
}

#[derive(Debug)]
struct Tree {
    splits: Vec<Split>,
    leaves: Vec<f32>,
    /// The splits and behind them the leaves.
    steps: Vec<Step>,
    /// Splits on the longest way from the root to a leaf.
    depth: usize,
    /// Mean output below each split, for telling what an input added.
    means: Vec<f32>,
}

/// A loaded model.
#[derive(Debug)]
pub struct Model {
    bias: f32,
    threshold: f32,
    trees: Vec<Tree>,
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
        let trees = text
            .trees
            .into_iter()
            .enumerate()
            .map(|(i, tree)| Tree::check(tree).ok_or(ModelError::Tree(i)))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            bias: text.bias,
            threshold: text.threshold,
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
        for tree in &self.trees {
            tree.add(rows, &mut sums);
        }
        let sums = sums.iter().take(rows.len());
        scores.extend(sums.map(|sum| 1.0 / (1.0 + (-sum).exp())));
    }

    /// The inputs that moved a score most, with what each added in log-odds (the change of the
    /// mean output at every split on the way, after Saabas, 2014).
    pub(crate) fn parts(&self, values: &Values) -> Vec<(&'static str, f32)> {
        let mut moved = vec![0.0_f32; FEATURES.len()];
        for tree in &self.trees {
            tree.leaf(values, |feature, change| moved[feature] += change);
        }
        let mut parts: Vec<_> = FEATURES.iter().copied().zip(moved).collect();
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        parts.truncate(3);
        parts
    }
}

impl Tree {
    /// Adds the tree's output for each row.
    fn add(&self, rows: &[Values], sums: &mut [f32; LANES]) {
        let mut at = [0_u16; LANES];
        for _ in 0..self.depth {
            for (at, row) in at.iter_mut().zip(rows) {
                let step = self.steps[usize::from(*at)];
                let right = row[usize::from(step.feature)] > step.threshold;
                *at = step.next[usize::from(right)];
            }
        }
        for (sum, at) in sums.iter_mut().zip(at).take(rows.len()) {
            *sum += self.leaves[usize::from(at) - self.splits.len()];
        }
    }

    /// The nodes as they are walked, and the length of the longest way.
    fn steps(splits: &[Split], leaves: usize) -> (Vec<Step>, usize) {
        let number = |child: i16| {
            let at = if child < 0 {
                splits.len() + leaf_of(child)
            } else {
                child as usize
            };
            at as u16
        };
        let mut steps: Vec<Step> = splits
            .iter()
            .map(|s| Step {
                threshold: s.threshold,
                feature: s.feature,
                next: [number(s.left), number(s.right)],
            })
            .collect();
        steps.extend((0..leaves).map(|leaf| Step {
            threshold: 0.0,
            feature: 0,
            next: [(splits.len() + leaf) as u16; 2],
        }));
        // A child stands behind its parent, so the depths are known in one walk.
        let mut depth = vec![0; steps.len()];
        for (at, step) in steps.iter().enumerate().take(splits.len()) {
            for next in step.next {
                depth[usize::from(next)] = depth[at] + 1;
            }
        }
        (steps, depth.into_iter().max().unwrap_or(0))
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
            && text
                .left
                .iter()
                .chain(&text.right)
                .enumerate()
                .all(|(i, &child)| {
                    let parent = i % n.max(1);
                    if child >= 0 {
                        (child as usize) < n && child as usize > parent
                    } else {
                        (-i32::from(child) - 1) as usize <= n
                    }
                });
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
        let (steps, depth) = Self::steps(&splits, text.leaf.len());
        Some(Self {
            steps,
            depth,
            splits,
            leaves: text.leaf,
            means: text.mean,
        })
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
            let next = if values[feature] <= split.threshold {
                split.left
            } else {
                split.right
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
