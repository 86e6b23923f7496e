use super::*;
#[test]
fn probe() {
    let m = Geometric { r: 0.5, alpha: 2.0, a: 0.3, b: 0.6, k: 1, first: true };
    let h = PurchaseHistory::new(3, 12.0, 14.0).unwrap();
    let ahead = m.ahead(&h);
    println!("{}", ahead.alive);
    for t in [1.0f64, 10.0, 100.0, 1000.0, 1e4] {
        println!("{t} {} {} {} {}", ahead.purchases(t), ahead.discounted(t, 0.0),ahead.discounted(t, 0.001),ahead.discounted(t, 0.00001));
    }
    println!("{}", ahead.discounted(f64::INFINITY, 0.001));
}
