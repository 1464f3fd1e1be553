//! A loop of generated code polls: it loads its worker's poll word by address, tests it and branches. Here the loop is
//! assembly; a just-in-time compiler would emit the same instructions.

use safepoint::{PollWord, SafepointCoordinator, StopReason};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

/// Counts until the word is armed, and returns the count.
#[cfg(target_arch = "x86_64")]
fn count(word: &PollWord, mut counted: u64) -> u64 {
    // SAFETY: reads the four bytes of the word, which lives as long as the borrow; writes one register.
    unsafe {
        std::arch::asm!(
            "2: inc {counted}",
            "test dword ptr [{word}], {mask}",
            "jz 2b",
            counted = inout(reg) counted,
            word = in(reg) word.address(),
            mask = const PollWord::MASK,
            options(nostack, readonly),
        );
    }
    counted
}

/// The same for another processor.
#[cfg(target_arch = "aarch64")]
fn count(word: &PollWord, mut counted: u64) -> u64 {
    // SAFETY: as above.
    unsafe {
        std::arch::asm!(
            "2: add {counted}, {counted}, #1",
            "ldr {seen:w}, [{word}]",
            "tst {seen:w}, {mask:w}",
            "b.eq 2b",
            counted = inout(reg) counted,
            seen = out(reg) _,
            word = in(reg) word.address(),
            mask = in(reg) PollWord::MASK,
            options(nostack, readonly),
        );
    }
    counted
}

/// On all other processors the loop is Rust and polls the same word.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn count(word: &PollWord, mut counted: u64) -> u64 {
    while !word.is_armed() {
        counted += 1;
    }
    counted
}

fn main() {
    let coordinator = SafepointCoordinator::new();
    let over = AtomicBool::new(false);
    let registered = coordinator.register_parked();
    thread::scope(|scope| {
        let loops = scope.spawn(|| {
            let worker = registered.start();
            let mut counted = 0;
            while !over.load(Relaxed) {
                counted = count(worker.poll_word(), counted);
                // The slow path: stops, runs posted closures, and returns when the world runs.
                worker.poll();
            }
            counted
        });
        for pause in 1..=10 {
            let world = coordinator.request_stw_pause(StopReason::Debug);
            let world = world.expect("no deadline, nothing cancels");
            over.store(pause == 10, Relaxed);
            world.resume_from_pause();
        }
        let counted = loops.join().expect("no panic");
        println!("counted to {counted} between ten stops");
    });
}

#[test]
fn generated_code_stops_when_asked() {
    main();
}
