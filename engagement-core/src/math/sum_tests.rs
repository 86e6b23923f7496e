use super::*;

#[test]
fn keeps_what_a_plain_sum_loses() {
    let mut sum = Sum::default();
    for term in [1e100, 1.0, -1e100, 1e-20] {
        sum.add(term);
    }
    assert_eq!(sum.value(), 1.0);
}

#[test]
fn merged_parts_equal_the_whole() {
    let (mut left, mut right) = (Sum::default(), Sum::default());
    left.add(1e16);
    left.add(1.0);
    right.add(1.0);
    right.add(-1e16);
    left.merge(right);
    assert_eq!(left.value(), 2.0);
}
