//! The made-up log of a small bicycle shop, for the demonstration: two branches, a web shop, a workshop and a service plan.
//!
//! The same bytes every time. About 400 people over 18 months: loyal ones who bring friends, ordinary customers, people who were
//! let down, people who quietly stopped coming, and prospects who never bought.

use std::fmt::Write;

use engagement_core::Timestamp;

/// How many people the log holds.
const PEOPLE: usize = 400;
/// 2025-01-01T00:00:00Z, in days since 1970.
const FIRST_DAY: i64 = 20_089;
/// The length of the log in days, to 2026-06-30.
const DAYS: i64 = 546;

const FIRST_NAMES: [&str; 40] = [
    "Ada", "Amir", "Anna", "Ben", "Bruno", "Carla", "Chiara", "Daniel", "Deniz", "Ella", "Emil", "Farah", "Felix", "Greta",
    "Hanna", "Henrik", "Ida", "Ilja", "Ines", "Jakob", "Jana", "Jonas", "Karim", "Klara", "Lea", "Leo", "Lina", "Luis", "Mara",
    "Milan", "Nadia", "Nils", "Noor", "Olga", "Oskar", "Paula", "Rosa", "Samir", "Tilda", "Yusuf",
];
const LAST_NAMES: [&str; 31] = [
    "Adler",
    "Bauer",
    "Berg",
    "Brandt",
    "Costa",
    "Dahl",
    "Ernst",
    "Fischer",
    "Garcia",
    "Haas",
    "Ivanova",
    "Jansen",
    "Kaya",
    "Keller",
    "Lang",
    "Lindqvist",
    "Maier",
    "Moreau",
    "Novak",
    "Okafor",
    "Peters",
    "Rossi",
    "Sato",
    "Schulz",
    "Silva",
    "Thomsen",
    "Urban",
    "Vogel",
    "Weber",
    "Yilmaz",
    "Zeller",
];
/// Item and price in cents.
const ITEMS: [(&str, i64); 12] = [
    ("inner tube", 890),
    ("chain", 2_490),
    ("lights", 3_450),
    ("lock", 4_400),
    ("helmet", 5_900),
    ("panniers", 7_450),
    ("workshop service", 7_900),
    ("rain jacket", 8_900),
    ("child seat", 12_900),
    ("wheelset", 21_900),
    ("city bike", 64_900),
    ("cargo bike", 219_000),
];
const UNITS: [&str; 3] = ["Harbour", "Station", "web shop"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Person {
    Advocate,
    Regular,
    Occasional,
    LetDown,
    Lapsed,
    Prospect,
}

/// One line of the log, before it has its number.
#[derive(Clone, Default)]
struct Line {
    at: i64,
    customer: usize,
    kind: &'static str,
    cents: Option<i64>,
    rating: Option<u64>,
    reach: Option<u64>,
    other: Option<usize>,
    order: Option<u64>,
    item: &'static str,
    channel: &'static str,
    unit: &'static str,
    campaign: &'static str,
    cost: Option<i64>,
}

/// The log as CSV, with column names that the reader knows.
pub(crate) fn csv() -> String {
    let mut shop = Shop { random: Random(20_250_101), lines: Vec::new(), orders: 40_000 };
    for person in 0..PEOPLE {
        shop.life(person);
    }
    shop.mailings();
    let mut lines = shop.lines;
    lines.sort_by_key(|line| (line.at, line.customer, line.kind, line.order, line.item));
    let mut text = String::from("id,customer,at,kind,amount,rating,reach,other,order,item,channel,unit,campaign,cost\n");
    for (number, line) in lines.iter().enumerate() {
        row(&mut text, number, line);
        // The till sends a line twice now and then.
        if number % 331 == 330 {
            row(&mut text, number, line);
        }
    }
    text
}

fn row(text: &mut String, number: usize, line: &Line) {
    let money = |cents: Option<i64>| {
        cents.map_or_else(String::new, |c| format!("{}{}.{:02}", if c < 0 { "-" } else { "" }, c.abs() / 100, c.abs() % 100))
    };
    let whole = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
    let at = Timestamp::from_micros(line.at * 60_000_000).map_or_else(|_| String::new(), |at| at.to_string());
    let at = at.trim_end_matches('Z').replace('T', " ");
    let _ = writeln!(
        text,
        "E{number:05},{},{at},{},{},{},{},{},{},{},{},{},{},{}",
        name(line.customer),
        line.kind,
        money(line.cents),
        whole(line.rating),
        whole(line.reach),
        line.other.map_or_else(String::new, name),
        line.order.map_or_else(String::new, |order| format!("O-{order}")),
        line.item,
        line.channel,
        line.unit,
        line.campaign,
        money(line.cost),
    );
}

/// 40 first and 31 last names have no common factor, so the first 1,240 people have different names.
fn name(person: usize) -> String {
    format!("{} {}", FIRST_NAMES[person % FIRST_NAMES.len()], LAST_NAMES[person % LAST_NAMES.len()])
}

struct Shop {
    random: Random,
    lines: Vec<Line>,
    orders: u64,
}

impl Shop {
    /// Everything one person does.
    fn life(&mut self, customer: usize) {
        let person = match self.random.below(100) {
            0..=8 => Person::Advocate,
            9..=39 => Person::Regular,
            40..=61 => Person::Occasional,
            62..=71 => Person::LetDown,
            72..=87 => Person::Lapsed,
            _ => Person::Prospect,
        };
        let unit = UNITS[self.random.pick(&[5, 3, 3])];
        let joined = if self.random.chance(55) { self.random.between(0, 60) } else { self.random.between(0, 430) };
        let until = match person {
            Person::Lapsed => (joined + self.random.between(90, 240)).min(DAYS - 120),
            _ => DAYS,
        };
        let gap = match person {
            Person::Advocate => 38,
            Person::Regular => 75,
            Person::LetDown => 80,
            Person::Lapsed => 55,
            Person::Occasional => 190,
            Person::Prospect => 90,
        };
        if joined > 30 && self.random.chance(if person == Person::Prospect { 35 } else { 22 }) && customer > 0 {
            let referrer = self.random.below(customer as u64) as usize;
            self.say(customer, joined, "referral", |line| line.other = Some(referrer));
        }
        let mut day = joined;
        let mut purchases = 0;
        while day < until {
            if person == Person::Prospect {
                self.visit(customer, day, unit);
            } else {
                self.order(customer, day, unit, purchases == 0);
                purchases += 1;
                self.after_purchase(person, customer, day, unit);
            }
            day += self.random.between(gap / 3, gap * 5 / 3);
        }
        self.plan(person, customer, joined, until, unit);
        if person == Person::Lapsed && self.random.chance(35) {
            self.complaint(customer, until - 3, unit);
        }
    }

    /// One to three lines of one order, and sometimes a visit before it.
    fn order(&mut self, customer: usize, day: i64, unit: &'static str, first: bool) {
        if self.random.chance(40) {
            let before = day - self.random.between(1, 9);
            self.visit(customer, before, unit);
        }
        self.orders += 1;
        let at = self.minute(day);
        let order = Some(self.orders);
        for _ in 0..=self.random.pick(&[6, 3, 1]) {
            let dear = if first { 4 } else { 1 };
            let (item, cents) = ITEMS[self.random.pick(&[20, 14, 12, 10, 9, 6, 16, 6, 2, dear, 2 * dear, dear / 2])];
            self.lines.push(Line {
                at,
                customer,
                kind: "purchase",
                cents: Some(cents),
                order,
                item,
                channel: channel(unit),
                unit,
                ..Line::default()
            });
        }
    }

    /// What a purchase leads to.
    fn after_purchase(&mut self, person: Person, customer: usize, day: i64, unit: &'static str) {
        let later = day + self.random.between(2, 20);
        let answer = match person {
            Person::Advocate => self.random.between(9, 10),
            Person::LetDown => self.random.between(0, 5),
            _ => self.random.between(5, 10),
        };
        if self.random.chance(25) {
            self.say(customer, later, "survey", |line| {
                line.rating = Some(answer as u64);
                line.item = "would you recommend us?";
                line.channel = "email";
            });
        }
        let (reviews, stars) = match person {
            Person::Advocate => (38, self.random.between(4, 5)),
            Person::LetDown => (45, self.random.between(1, 2)),
            _ => (9, self.random.between(3, 5)),
        };
        if self.random.chance(reviews) {
            let reach = self.random.between(3, 180) as u64;
            self.say(customer, later + 1, "review", |line| {
                line.rating = Some(stars as u64);
                line.reach = Some(reach);
                line.unit = unit;
                line.channel = "web";
            });
        }
        match person {
            Person::Advocate => {
                if self.random.chance(30) {
                    self.say(customer, later + 2, "invitation", |line| line.channel = "app");
                }
                if self.random.chance(25) {
                    let reach = self.random.between(20, 400) as u64;
                    self.say(customer, later + 3, "mention", |line| {
                        line.reach = Some(reach);
                        line.channel = "social";
                    });
                }
                if self.random.chance(20) {
                    self.say(customer, later + 4, "community", |line| line.item = "Sunday ride");
                }
                if self.random.chance(15) {
                    self.say(customer, later + 5, "feedback", |line| line.channel = "email");
                }
            }
            Person::LetDown => {
                if self.random.chance(60) {
                    self.complaint(customer, later, unit);
                }
                if self.random.chance(55) {
                    self.refund(customer, later + 2);
                }
            }
            _ if self.random.chance(5) => self.complaint(customer, later, unit),
            _ if self.random.chance(5) => self.refund(customer, later + 2),
            _ => {}
        }
    }

    /// The service plan, paid once a quarter.
    fn plan(&mut self, person: Person, customer: usize, joined: i64, until: i64, unit: &'static str) {
        let share = match person {
            Person::Advocate => 65,
            Person::Regular => 30,
            Person::LetDown | Person::Lapsed => 25,
            Person::Occasional | Person::Prospect => 0,
        };
        if !self.random.chance(share) {
            return;
        }
        let leaves = matches!(person, Person::LetDown | Person::Lapsed);
        let mut day = joined + self.random.between(5, 40);
        let mut kind = "subscription";
        while day < until {
            let at = self.minute(day);
            self.lines.push(Line {
                at,
                customer,
                kind,
                cents: Some(1_900),
                item: "service plan",
                channel: channel(unit),
                unit,
                ..Line::default()
            });
            kind = "renewal";
            day += 91;
            if leaves && self.random.chance(30) {
                break;
            }
        }
        if leaves && kind == "renewal" {
            self.say(customer, day.min(DAYS - 2) - 1, "cancellation", |line| line.item = "service plan");
        }
    }

    fn refund(&mut self, customer: usize, day: i64) {
        let last = self.lines.iter().rev().find(|line| line.customer == customer && line.kind == "purchase").cloned();
        let Some(last) = last else { return };
        let at = self.minute(day);
        if day < DAYS {
            self.lines.push(Line { at, kind: "refund", cents: last.cents.map(|cents| -cents), ..last });
        }
    }

    fn complaint(&mut self, customer: usize, day: i64, unit: &'static str) {
        let channel = ["phone", "email", "store"][self.random.pick(&[5, 4, 3])];
        self.say(customer, day, "complaint", |line| {
            line.unit = unit;
            line.channel = channel;
        });
    }

    fn visit(&mut self, customer: usize, day: i64, unit: &'static str) {
        self.say(customer, day, "visit", |line| {
            line.unit = unit;
            line.channel = channel(unit);
        });
    }

    fn say(&mut self, customer: usize, day: i64, kind: &'static str, fill: impl FnOnce(&mut Line)) {
        if !(0..DAYS).contains(&day) {
            return;
        }
        let mut line = Line { at: self.minute(day), customer, kind, ..Line::default() };
        fill(&mut line);
        self.lines.push(line);
    }

    /// Three letters to everyone who was already known: business to customer, so they score nothing.
    fn mailings(&mut self) {
        for (day, campaign) in [(75, "spring check 2025"), (300, "winter lights"), (440, "spring check 2026")] {
            for customer in 0..PEOPLE {
                let known = self.lines.iter().any(|line| line.customer == customer && line.at < (FIRST_DAY + day) * 1440);
                if known && self.random.chance(60) {
                    let at = (FIRST_DAY + day) * 1440 + 8 * 60;
                    self.lines.push(Line {
                        at,
                        customer,
                        kind: "contact",
                        channel: "email",
                        campaign,
                        cost: Some(35),
                        ..Line::default()
                    });
                }
            }
        }
    }

    /// A minute of a day's opening hours.
    fn minute(&mut self, day: i64) -> i64 {
        (FIRST_DAY + day.clamp(0, DAYS - 1)) * 1440 + self.random.between(9 * 60, 18 * 60 + 30)
    }
}

fn channel(unit: &str) -> &'static str {
    if unit == "web shop" { "web" } else { "store" }
}

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `n` − 1.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// `low` to `high`, both included.
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).unsigned_abs()) as i64
    }

    /// True `percent` times in a hundred.
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An index, each as likely as its weight.
    fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }
}
