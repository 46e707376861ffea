#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| terskel_locks::fuzzing::nuki_messages(bytes));
