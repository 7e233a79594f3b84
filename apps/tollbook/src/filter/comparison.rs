//! Comparisons with values: `=`, `!=`, `<`, `<=`, `>` and `>=`.

use anyhow::bail;
use cdr_query::{Operand, Test};

/// A comparison with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    NotEq,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Comparison {
    /// The test of one value or of several: only equality takes several.
    pub(super) fn with(self, mut operands: Vec<Operand>) -> anyhow::Result<Test> {
        match (self, operands.len()) {
            (Comparison::Eq, 2..) => return Ok(Test::In(operands)),
            (Comparison::NotEq, 2..) => return Ok(Test::NotIn(operands)),
            _ => {}
        }
        let (Some(one), true) = (operands.pop(), operands.is_empty()) else {
            bail!("only = and != take several values");
        };
        Ok(match self {
            Comparison::Eq => Test::Eq(one),
            Comparison::NotEq => Test::NotEq(one),
            Comparison::Lt => Test::Lt(one),
            Comparison::Lte => Test::Lte(one),
            Comparison::Gt => Test::Gt(one),
            Comparison::Gte => Test::Gte(one),
        })
    }
}
