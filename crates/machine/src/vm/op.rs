//! The decoded form: what the interpreter executes. Nothing outside of `vm` uses it.
//!
//! A frame is a window of registers: local `i` is register `i`, operand slot `d` is register
//! `locals + d`. An operation names its registers, so most loads, constants and stores of the
//! visible form have become operands. Jumps carry `adjust`, what to add to the running count's base
//! when taken: the visible instructions executed are always `base + index of the current one`, and
//! straight-line code counts at no cost.

use super::js::JsOperator;
use std::cmp::Ordering;

/// What a program asks for at a poll of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explicit {
    /// Nothing more.
    Poll,
    /// A stop with a collection.
    Collect,
    /// A stop.
    Stop,
    /// A handshake with the worker of a task.
    Handshake,
}

/// Register of the current frame.
pub(super) type Reg = u16;

/// Where a jump goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    /// Decoded operations from this one to the target.
    pub(super) delta: i32,
    /// Visible index of the jump plus one, less that of its target.
    pub(super) adjust: i32,
}

/// A [`Jump`] within a small loop, to a target that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Near {
    pub(super) delta: i16,
    pub(super) adjust: i16,
}

/// Makes the enum and, for the comparing branches, variants for each comparison: over two registers and over one and a
/// number, and if it has them the same as back-edges.
macro_rules! ops {
    ($($branch:ident $branch_int:ident $($back:ident $back_int:ident)?;)*) => {
        /// One decoded operation, 16 bytes.
        #[derive(Debug, Clone, Copy)]
        pub(super) enum Op {
            /// Before every visible instruction of the debugger's form: stops if there is a breakpoint at the
            /// instruction of that number.
            Check { number: u32 },
            /// Sets the locals that are no parameters to null: the first operation of a function with such
            /// locals.
            Enter { from: Reg, to: Reg },
            Move { dst: Reg, a: Reg },
            Swap { a: Reg, b: Reg },
            Int { dst: Reg, value: i32 },
            /// From the table of constants.
            Const { dst: Reg, index: u32 },
            GlobalLoad { dst: Reg, index: u16 },
            GlobalStore { index: u16, a: Reg },

            Add { dst: Reg, a: Reg, b: Reg },
            Sub { dst: Reg, a: Reg, b: Reg },
            Mul { dst: Reg, a: Reg, b: Reg },
            AddInt { dst: Reg, a: Reg, value: i32 },
            SubInt { dst: Reg, a: Reg, value: i32 },
            MulInt { dst: Reg, a: Reg, value: i32 },
            Div { dst: Reg, a: Reg, b: Reg },
            Rem { dst: Reg, a: Reg, b: Reg },
            /// By a constant that is neither 0 nor -1.
            DivInt { dst: Reg, a: Reg, value: i32 },
            /// By a constant that is neither 0 nor -1.
            RemInt { dst: Reg, a: Reg, value: i32 },
            And { dst: Reg, a: Reg, b: Reg },
            Or { dst: Reg, a: Reg, b: Reg },
            Xor { dst: Reg, a: Reg, b: Reg },
            Shl { dst: Reg, a: Reg, b: Reg },
            Shr { dst: Reg, a: Reg, b: Reg },
            AndInt { dst: Reg, a: Reg, value: i32 },
            ShlInt { dst: Reg, a: Reg, value: i32 },
            ShrInt { dst: Reg, a: Reg, value: i32 },
            Neg { dst: Reg, a: Reg },
            Not { dst: Reg, a: Reg },
            ToInt { dst: Reg, a: Reg },
            ToFloat { dst: Reg, a: Reg },
            Compare { with: Comparison, dst: Reg, a: Reg, b: Reg },

            JsAdd { dst: Reg, a: Reg, b: Reg },
            JsAddInt { dst: Reg, a: Reg, value: i32 },
            JsSub { dst: Reg, a: Reg, b: Reg },
            JsMul { dst: Reg, a: Reg, b: Reg },
            JsMulInt { dst: Reg, a: Reg, value: i32 },
            JsDiv { dst: Reg, a: Reg, b: Reg },
            JsRem { dst: Reg, a: Reg, b: Reg },
            /// By a constant that is neither 0 nor -1.
            JsRemInt { dst: Reg, a: Reg, value: i32 },
            JsInt { dst: Reg, a: Reg },
            JsFloor { dst: Reg, a: Reg },
            ListGet { shape: u16, dst: Reg, a: Reg, b: Reg },
            ListSet { shape: u16, a: Reg, b: Reg, c: Reg },
            /// Before two [`Op::ListGet`] and two [`Op::ListSet`] that exchange two elements of a list: does what they do if
            /// the list has both.
            ListSwap,
            /// Everything else that is as in JavaScript; operands that it does not have are `a` again. What has no
            /// result writes to a slot that is not in use.
            Js { with: JsOperator, poll: bool, shape: u16, dst: Reg, a: Reg, b: Reg, c: Reg },

            /// Never a back-edge.
            Jump { to: Jump },
            /// A back-edge that polls.
            Back { to: Jump },
            /// A back-edge that polls every n-th time.
            BackEvery { every: u16, to: Jump },
            /// A back-edge that does not poll, but notes where the worker is.
            BackUnpolled { to: Jump },
            /// Never a back-edge. Among the branches, only those named `Back…` are.
            If { a: Reg, to: Jump },
            IfNot { a: Reg, to: Jump },
            BackIf { a: Reg, to: Jump },
            BackIfNot { a: Reg, to: Jump },
            /// A step of a counter, and the back-edge that is taken while the counter is less than `b`. It stands before the
            /// operations that do the same, which do what it leaves: whatever is no integer or leaves 32 bits, and the end
            /// of the loop. The back-edge polls every n-th time; 0: never.
            Turn { step: i8, a: Reg, b: Reg, every: u16, to: Near },
            TurnInt { step: i8, a: Reg, value: i32, every: u16, to: Near },
            /// As [`Op::Turn`], by a step in a register.
            TurnBy { by: Reg, a: Reg, b: Reg, every: u16, to: Near },
            /// Before a loop that writes one value to elements of a list: [`Op::Const`], [`Op::Int`] or neither,
            /// [`Op::ListSet`], and a turn that polls each time. Does turns of it.
            FillTurn,
            /// As [`Op::Turn`], after the addition of `term` to `sum`.
            SumTurn { step: i8, sum: Reg, term: Reg, a: Reg, b: Reg, every: u16, to: Near },
            /// As [`Op::SumTurn`], with a limit of the table of constants.
            SumTurnConst { step: i8, sum: Reg, term: Reg, a: Reg, index: u16, every: u16, to: Near },
            /// Steps an index and compares the list's element there with `b`, until that does not hold: a loop of three
            /// operations, before which it stands for what they need not do. Each turn polls.
            Scan { step: i8, with: Comparison, shape: u16, a: Reg, list: Reg, b: Reg, adjust: i16 },
            /// Before a jump into such a loop, to the second of its operations: does what the jump and the scan do.
            ScanFirst,
            $(
                $branch { a: Reg, b: Reg, to: Jump },
                $branch_int { a: Reg, value: i32, to: Jump },
                $(
                    $back { a: Reg, b: Reg, to: Jump },
                    $back_int { a: Reg, value: i32, to: Jump },
                )?
            )*

            /// Before a [`Op::JsAddInt`] that computes an argument and the [`Op::Call`]: does both if the sum is an integer.
            AddCall,
            /// The callee's window starts at register `window`, where its arguments are, and needs
            /// `need` registers.
            Call { window: Reg, need: u16, to: Jump },
            /// A call whose site does not poll; within a recursion it notes where the worker is.
            CallUnpolled { recursive: bool, window: Reg, need: u16, to: Jump },
            /// `adjust`: instructions of the function until then, if it were one straight line.
            Ret { a: Reg, adjust: i32 },
            /// Returns a value of the table of constants.
            RetConst { index: u32, adjust: i32 },
            /// Stands behind the call that every task's first frame pretends to return to.
            Halt,

            New { poll: bool, dst: Reg, shape: u16, fields: u16 },
            Get { dst: Reg, a: Reg, shape: u16, field: u8 },
            Set { a: Reg, b: Reg, shape: u16, field: u8 },
            NewArray { poll: bool, dst: Reg, a: Reg },
            ArrayLoad { dst: Reg, a: Reg, b: Reg },
            ArrayStore { a: Reg, b: Reg, c: Reg },
            Len { dst: Reg, a: Reg },
            ArrayCopy { a: Reg, b: Reg },
            ArrayFill { a: Reg, b: Reg },
            ToStr { poll: bool, dst: Reg, a: Reg },
            Concat { poll: bool, dst: Reg, a: Reg, b: Reg },
            Spawn { poll: bool, window: Reg, function: u16 },
            Await { poll: bool, dst: Reg, a: Reg },
            Yield,
            Sleep { a: Reg },
            NewMutex { poll: bool, dst: Reg },
            Lock { a: Reg },
            Unlock { a: Reg },
            Print { a: Reg },
            Trap { index: u16 },
            Block { a: Reg },
            Stall { a: Reg },
            /// Polls, and then does what the program asks for.
            Explicit { what: Explicit, a: Reg },
        }

        impl Op {
            /// Where the operation jumps to, to be filled in once targets are known.
            pub(super) fn jump_mut(&mut self) -> Option<&mut Jump> {
                match self {
                    Op::Jump { to } | Op::Back { to } | Op::BackEvery { to, .. }
                    | Op::BackUnpolled { to } | Op::If { to, .. } | Op::IfNot { to, .. }
                    | Op::BackIf { to, .. } | Op::BackIfNot { to, .. }
                    | Op::Call { to, .. } | Op::CallUnpolled { to, .. }
                    $(| Op::$branch { to, .. } | Op::$branch_int { to, .. }
                      $(| Op::$back { to, .. } | Op::$back_int { to, .. })?)* => Some(to),
                    _ => None,
                }
            }
        }

        #[cfg(feature = "emitter")]
        impl Op {
            /// A comparing branch: the comparison, what it compares, whether it is a back-edge, and where it leads.
            pub(super) fn comparing(&self) -> Option<(Comparison, Reg, Result<Reg, i32>, bool, Jump)> {
                Some(match *self {
                    $(Op::$branch { a, b, to } => (Comparison::$branch, a, Ok(b), false, to),
                      Op::$branch_int { a, value, to } => {
                          (Comparison::$branch, a, Err(value), false, to)
                      }
                      $(Op::$back { a, b, to } => (Comparison::$branch, a, Ok(b), true, to),
                      Op::$back_int { a, value, to } => {
                          (Comparison::$branch, a, Err(value), true, to)
                      })?)*
                    _ => return None,
                })
            }
        }

        /// A comparison, or a branch's condition (`Not…`: the comparison is false, which with NaN
        /// is not the opposite comparison).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Comparison { $($branch),* }

        impl Comparison {
            /// The branch over a register and another one or a number; never a back-edge.
            pub(super) fn branch(self, a: Reg, b: Result<Reg, i32>, to: Jump) -> Op {
                match (self, b) {
                    $((Self::$branch, Ok(b)) => Op::$branch { a, b, to },
                      (Self::$branch, Err(value)) => Op::$branch_int { a, value, to },)*
                }
            }

            /// The same as a back-edge, if there is one.
            pub(super) fn back(self, a: Reg, b: Result<Reg, i32>, to: Jump) -> Option<Op> {
                match (self, b) {
                    $($((Self::$branch, Ok(b)) => Some(Op::$back { a, b, to }),
                        (Self::$branch, Err(value)) => Some(Op::$back_int { a, value, to }),)?)*
                    _ => None,
                }
            }
        }
    };
}

ops! {
    Lt LtInt BackLt BackLtInt;
    Le LeInt BackLe BackLeInt;
    Gt GtInt BackGt BackGtInt;
    Ge GeInt BackGe BackGeInt;
    Eq EqInt BackEq BackEqInt;
    Ne NeInt BackNe BackNeInt;
    NotLt NotLtInt;
    NotLe NotLeInt;
    NotGt NotGtInt;
    NotGe NotGeInt;
}

impl Op {
    /// Whether the operation polls before its own work.
    pub(super) fn polls_before(&self) -> bool {
        use Op::*;
        match self {
            Call { .. } | Explicit { .. } => true,
            New { poll, .. } | NewArray { poll, .. } | ToStr { poll, .. } => *poll,
            Concat { poll, .. } | Spawn { poll, .. } | Await { poll, .. } => *poll,
            Js { poll, .. } => *poll,
            NewMutex { poll, .. } => *poll,
            _ => false,
        }
    }

    /// The register that receives the result, if the operation can write to another register instead.
    pub(super) fn destination_mut(&mut self) -> Option<&mut Reg> {
        use Op::*;
        match self {
            Move { dst, .. } | Int { dst, .. } | Const { dst, .. } | GlobalLoad { dst, .. } => {
                Some(dst)
            }
            Add { dst, .. } | Sub { dst, .. } | Mul { dst, .. } | Div { dst, .. } => Some(dst),
            Rem { dst, .. } | And { dst, .. } | Or { dst, .. } | Xor { dst, .. } => Some(dst),
            Shl { dst, .. } | Shr { dst, .. } | Compare { dst, .. } => Some(dst),
            AddInt { dst, .. } | SubInt { dst, .. } | MulInt { dst, .. } => Some(dst),
            DivInt { dst, .. } | RemInt { dst, .. } | AndInt { dst, .. } => Some(dst),
            ShlInt { dst, .. } | ShrInt { dst, .. } => Some(dst),
            Neg { dst, .. } | Not { dst, .. } | ToInt { dst, .. } | ToFloat { dst, .. } => {
                Some(dst)
            }
            New { dst, .. } | Get { dst, .. } | NewArray { dst, .. } | NewMutex { dst, .. } => {
                Some(dst)
            }
            ArrayLoad { dst, .. } | Len { dst, .. } | ToStr { dst, .. } | Concat { dst, .. } => {
                Some(dst)
            }
            Await { dst, .. } => Some(dst),
            JsAdd { dst, .. } | JsAddInt { dst, .. } | Js { dst, .. } => Some(dst),
            JsSub { dst, .. } | JsMul { dst, .. } | JsMulInt { dst, .. } => Some(dst),
            JsDiv { dst, .. } | JsRem { dst, .. } | JsRemInt { dst, .. } => Some(dst),
            JsInt { dst, .. } | JsFloor { dst, .. } | ListGet { dst, .. } => Some(dst),
            _ => None,
        }
    }
}

impl Comparison {
    /// The comparison of a number; another number than one of these is `Eq`.
    pub(super) fn of_number(number: u32) -> Self {
        use Comparison::*;
        let all = [Lt, Le, Gt, Ge, Eq, Ne, NotLt, NotLe, NotGt, NotGe];
        all.into_iter().find(|with| *with as u32 == number).unwrap_or(Eq)
    }

    /// The condition that holds where this one does not.
    pub(super) fn negated(self) -> Self {
        use Comparison::*;
        match self {
            Lt => NotLt,
            Le => NotLe,
            Gt => NotGt,
            Ge => NotGe,
            Eq => Ne,
            Ne => Eq,
            NotLt => Lt,
            NotLe => Le,
            NotGt => Gt,
            NotGe => Ge,
        }
    }

    /// The condition over two integers.
    #[inline(always)]
    pub(super) fn ints(self, a: i32, b: i32) -> bool {
        use Comparison::*;
        match self {
            Lt | NotGe => a < b,
            Le | NotGt => a <= b,
            Gt | NotLe => a > b,
            Ge | NotLt => a >= b,
            Eq => a == b,
            Ne => a != b,
        }
    }

    /// The orders of two numbers in which the condition holds, a bit for each: less, equal, greater, and none, which
    /// not-a-number has.
    #[inline(always)]
    pub(super) fn orders(self) -> u8 {
        use Comparison::*;
        match self {
            Lt => 0b0001,
            Le => 0b0011,
            Gt => 0b0100,
            Ge => 0b0110,
            Eq => 0b0010,
            Ne => 0b1101,
            NotLt => 0b1110,
            NotLe => 0b1100,
            NotGt => 0b1011,
            NotGe => 0b1001,
        }
    }

    /// The condition over two floats.
    #[inline(always)]
    #[allow(clippy::neg_cmp_op_on_partial_ord, reason = "with NaN they are not the opposite")]
    pub(super) fn floats(self, a: f64, b: f64) -> bool {
        use Comparison::*;
        match self {
            Lt => a < b,
            Le => a <= b,
            Gt => a > b,
            Ge => a >= b,
            Eq => a == b,
            Ne => a != b,
            NotLt => !(a < b),
            NotLe => !(a <= b),
            NotGt => !(a > b),
            NotGe => !(a >= b),
        }
    }
}

/// The order of two numbers, as the number of its bit in [`Comparison::orders`].
#[inline(always)]
pub(super) fn order<T: PartialOrd>(x: T, y: T) -> u32 {
    match x.partial_cmp(&y) {
        Some(Ordering::Less) => 0,
        Some(Ordering::Equal) => 1,
        Some(Ordering::Greater) => 2,
        None => 3,
    }
}

const _: () = assert!(size_of::<Op>() == 16);

#[cfg(test)]
mod tests {
    use super::{Comparison, order};

    #[test]
    fn a_comparison_holds_in_its_orders() {
        use Comparison::*;
        let numbers = [-1.5, 0.0, 2.0, f64::NAN];
        for with in [Lt, Le, Gt, Ge, Eq, Ne, NotLt, NotLe, NotGt, NotGe] {
            let holds = |order: u32| with.orders() >> order & 1 == 1;
            for (x, y) in numbers.iter().flat_map(|x| numbers.map(|y| (*x, y))) {
                assert_eq!(holds(order(x, y)), with.floats(x, y), "{with:?} of {x} and {y}");
                if !x.is_nan() && !y.is_nan() {
                    let (x, y) = (x as i32, y as i32);
                    assert_eq!(holds(order(x, y)), with.ints(x, y), "{with:?} of {x} and {y}");
                }
            }
        }
    }
}
