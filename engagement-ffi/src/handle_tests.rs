use super::*;

static NUMBERS: Table<u32> = Table::new(14);
static OTHERS: Table<u32> = Table::new(15);

fn read(table: &Table<u32>, token: usize) -> Result<u32> {
    table.with(token, |value| Ok(*value))
}

#[test]
fn a_token_finds_its_value_and_nothing_else() {
    let tokens: Vec<usize> = (0..100).map(|value| NUMBERS.insert(value).unwrap()).collect();
    for (value, token) in tokens.iter().enumerate() {
        assert_eq!(token & 1, 1, "odd, as no aligned pointer is");
        assert_eq!(read(&NUMBERS, *token).unwrap(), value as u32);
        assert_eq!(read(&OTHERS, *token).unwrap_err().kind(), ErrorKind::InvalidHandle, "of another type");
        for bit in 0..usize::BITS {
            let junk = token ^ (1 << bit);
            if !tokens.contains(&junk) {
                assert_eq!(read(&NUMBERS, junk).unwrap_err().kind(), ErrorKind::InvalidHandle, "bit {bit} flipped");
            }
        }
    }
    for token in tokens {
        NUMBERS.remove(token).unwrap();
    }
}

#[test]
fn a_freed_token_stays_invalid_when_its_place_is_taken_again() {
    static TABLE: Table<u32> = Table::new(13);
    let mut old = Vec::new();
    for round in 0..1000 {
        let token = TABLE.insert(round).unwrap();
        assert!(!old.contains(&token), "a token came twice");
        TABLE.remove(token).unwrap();
        assert_eq!(TABLE.remove(token).err().unwrap().kind(), ErrorKind::InvalidHandle, "freed twice");
        old.push(token);
    }
    let kept = TABLE.insert(7).unwrap();
    for token in old {
        assert_eq!(TABLE.find(token).err().unwrap().kind(), ErrorKind::InvalidHandle);
    }
    assert_eq!(read(&TABLE, kept).unwrap(), 7);
}

#[test]
fn an_object_in_use_outlives_its_handle() {
    let token = OTHERS.insert(5).unwrap();
    let in_use = OTHERS.find(token).unwrap();
    OTHERS.remove(token).unwrap();
    assert_eq!(*in_use.read().unwrap(), 5);
    assert!(OTHERS.find(token).is_err());
}

#[test]
fn threads_make_and_free_handles_together() {
    static TABLE: Table<usize> = Table::new(12);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for round in 0..2000 {
                    let value = thread * 10_000 + round;
                    let token = TABLE.insert(value).unwrap();
                    assert_eq!(TABLE.with(token, |found| Ok(*found)).unwrap(), value);
                    TABLE.remove(token).unwrap();
                }
            });
        }
    });
}
