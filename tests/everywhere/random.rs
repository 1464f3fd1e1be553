//! Random programs on the machine and on a naive interpreter: the same output, the same end, the
//! same number of instructions, under every poll policy, and with a collection at every allocation.

use crate::generator::{Choices, Style, program};
use bytecode::VerifiedModule;
use language::assemble_verified;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};

struct Seeded(TestRng);

impl Choices for Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0.next_u32() as usize % limit
    }
}

fn generate(seed: &[u8], style: Style) -> (VerifiedModule, String) {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
    let text = program(Seeded(rng), style);
    let module = assemble_verified(&text)
        .unwrap_or_else(|mistakes| panic!("the generator's mistake: {:#?}\n{text}", &mistakes[0]));
    (module, text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 0, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_machine_does_what_the_instructions_say(seed in any::<[u8; 32]>()) {
        let (module, text) = generate(&seed, Style::OneTask);
        crate::compare::with_the_reference(&module, &text, 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 0, failure_persistence: None, ..Default::default() })]

    #[test]
    fn tasks_come_to_the_same_end_in_any_order(seed in any::<[u8; 32]>()) {
        let (module, text) = generate(&seed, Style::Tasks);
        crate::compare::with_each_other(&module, &text);
    }
}
