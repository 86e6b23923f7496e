use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

struct Tag;

static NUMBERS: Table<u32> = Table::new(11);

fn make(value: u32) -> *mut Tag {
    let mut handle: *mut Tag = std::ptr::null_mut();
    assert_eq!(new(&NUMBERS, &raw mut handle, || value), 0);
    handle
}

#[test]
fn a_panic_is_a_status_and_poisons_the_handle() {
    let handle = make(1);
    assert_eq!(write(&NUMBERS, handle, |_| panic!("number {}", 42)), ErrorKind::Panic.code());
    let text = last_error(&NUMBERS, handle).unwrap();
    assert!(text.contains("number 42") && text.contains("guard_tests.rs:"), "{text}");

    let poisoned = ErrorKind::Poisoned.code();
    assert_eq!(read(&NUMBERS, handle, |_| Ok(())), poisoned);
    assert_eq!(write(&NUMBERS, handle, |_| Ok(())), poisoned);
    assert_eq!(work(&NUMBERS, handle, |_, _| Ok(())), poisoned);
    assert_eq!(watch(&NUMBERS, handle, |_| Ok(())), poisoned);
    assert_eq!(NUMBERS.with(handle.addr(), |_| Ok(())).unwrap_err().kind(), ErrorKind::Poisoned);
    assert!(last_error(&NUMBERS, handle).unwrap().contains("free it"));
    assert_eq!(free(&NUMBERS, handle), 0);
    assert_eq!(free(&NUMBERS, handle), ErrorKind::InvalidHandle.code());
}

#[test]
fn a_panic_while_reading_poisons_too_but_no_other_handle() {
    let (bad, good) = (make(1), make(2));
    let status = read(&NUMBERS, bad, |_| {
        let _: u32 = NUMBERS.with(good.addr(), |_| panic!("inside another handle"))?;
        Ok(())
    });
    assert_eq!(status, ErrorKind::Panic.code());
    assert_eq!(read(&NUMBERS, bad, |_| Ok(())), ErrorKind::Poisoned.code());
    assert_eq!(
        read(&NUMBERS, good, |value| {
            assert_eq!(*value, 2);
            Ok(())
        }),
        0
    );
    assert_eq!(write(&NUMBERS, good, |_| Ok(())), 0);
    assert_eq!((free(&NUMBERS, bad), free(&NUMBERS, good)), (0, 0));
}

#[test]
fn a_call_without_a_handle_survives_every_payload() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let panic = ErrorKind::Panic.code();
    assert_eq!(call(|| panic!("text")), panic);
    assert_eq!(call(|| std::panic::panic_any(17u8)), panic);
    assert_eq!(call(|| std::panic::panic_any(Bomb)), panic);
    assert_eq!(call(|| Ok(())), 0);
}

#[test]
fn an_object_that_panics_when_freed_is_answered() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    static BOMBS: Table<Bomb> = Table::new(10);
    let mut handle: *mut Tag = std::ptr::null_mut();
    assert_eq!(new(&BOMBS, &raw mut handle, || Bomb), 0);
    assert_eq!(free(&BOMBS, handle), ErrorKind::Panic.code());
    assert_eq!(free(&BOMBS, handle), ErrorKind::InvalidHandle.code());

    // Freed by another thread while in use: the call that uses it is the one that drops it.
    assert_eq!(new(&BOMBS, &raw mut handle, || Bomb), 0);
    let status = read(&BOMBS, handle, |_| {
        assert_eq!(free(&BOMBS, handle), 0);
        Ok(())
    });
    assert_eq!(status, ErrorKind::Panic.code());
}

#[test]
fn an_error_is_kept_until_the_next_call() {
    let handle = make(1);
    assert_eq!(write(&NUMBERS, handle, |_| Err(Error::new(ErrorKind::InvalidTime, "too late"))), -4);
    assert_eq!(last_error(&NUMBERS, handle).unwrap(), "too late");
    assert_eq!(last_error(&NUMBERS, handle).unwrap(), "too late", "asking does not clear it");
    assert_eq!(read(&NUMBERS, handle, |_| Ok(())), 0);
    assert_eq!(last_error(&NUMBERS, handle).unwrap(), "");
    assert_eq!(free(&NUMBERS, handle), 0);
}

#[test]
fn a_cancel_stops_the_call_under_way_or_the_next_one() {
    let handle = make(1);
    assert_eq!(
        watch(&NUMBERS, handle, |progress| {
            progress.cancel();
            Ok(())
        }),
        0
    );
    assert_eq!(work(&NUMBERS, handle, |_, _| panic!("it was cancelled before it began")), ErrorKind::Cancelled.code());
    assert_eq!(
        work(&NUMBERS, handle, |value, _| {
            *value = 2;
            Ok(())
        }),
        0,
        "a cancel is used up"
    );

    let status = work(&NUMBERS, handle, |_, progress| {
        progress.begin(10);
        let number = handle.addr();
        // No deadlock: watching takes no lock.
        let seen = std::thread::spawn(move || {
            watch(&NUMBERS, std::ptr::without_provenance_mut::<Tag>(number), |progress| {
                assert_eq!(progress.total(), 10);
                progress.cancel();
                Ok(())
            })
        });
        assert_eq!(seen.join().unwrap(), 0);
        progress.step(1)
    });
    assert_eq!(status, ErrorKind::Cancelled.code());
    assert_eq!(
        watch(&NUMBERS, handle, |progress| {
            assert_eq!((progress.done(), progress.total()), (0, 0));
            Ok(())
        }),
        0
    );
    assert_eq!(free(&NUMBERS, handle), 0);
}

/// The hook of the host hears its own panics and none of ours; stderr stays silent. In a process of its own, as there is one hook.
#[test]
fn panics_inside_are_silent_and_the_hook_of_the_host_lives_on() {
    const CHILD: &str = "ENGAGEMENT_TEST_QUIET_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let name = "guard::tests::panics_inside_are_silent_and_the_hook_of_the_host_lives_on";
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads", "1"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
        assert!(child.status.success() && out.contains("1 passed"), "{out}{err}");
        assert!(!err.contains("panicked") && !err.contains("in silence"), "{err}");
        return;
    }
    static HEARD: AtomicUsize = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(|_| {
        HEARD.fetch_add(1, Ordering::SeqCst);
    }));
    assert_eq!(call(|| panic!("in silence")), -18);
    let worker = || std::thread::Builder::new().name("engagement".into()).spawn(|| panic!("in silence")).unwrap().join();
    assert!(worker().is_err());
    assert_eq!(HEARD.load(Ordering::SeqCst), 0, "ours");
    assert!(std::thread::spawn(|| panic!("of the host")).join().is_err());
    assert_eq!(HEARD.load(Ordering::SeqCst), 1, "of the host");
    assert_eq!(call(|| panic!("in silence")), -18);
    assert_eq!(HEARD.load(Ordering::SeqCst), 1);
}
