//! The names by which columns are recognised.

use crate::ledger::Field;

/// What a column can be: a field, or the `CloudEvents` source that is half of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Field(Field),
    Source,
}

impl Part {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Part::Field(field) => field.as_str(),
            Part::Source => "source",
        }
    }

    /// The part of a name, which may be any name the part is recognised by.
    pub(crate) fn of(name: &str) -> Option<Part> {
        let name = plain(name);
        let ours = PARTS.iter().find(|(part, _)| plain(part.as_str()) == name);
        ours.or_else(|| PARTS.iter().find(|(_, names)| names.contains(&name.as_str()))).map(|(part, _)| *part)
    }

    /// The names it is recognised by, best first.
    pub(crate) fn names(self) -> &'static [&'static str] {
        PARTS.iter().find(|(part, _)| *part == self).map_or(&[], |(_, names)| names)
    }
}

/// A name without what people write differently: case, `_`, `-`, `.` and space.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | '.') && !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Parts and their names in plain form, the surest first. Where two columns could be one field, the earlier name wins.
pub(crate) const PARTS: [(Part, &[&str]); 19] = [
    (
        Part::Field(Field::Customer),
        &[
            "customerid",
            "customer",
            "customerno",
            "customernumber",
            "customerkey",
            "custid",
            "cust",
            "clientid",
            "client",
            "userid",
            "user",
            "memberid",
            "member",
            "contactid",
            "accountid",
            "userpseudoid",
            "domainuserid",
            "anonymousid",
            "actor",
            "agent",
            "subject",
        ],
    ),
    (
        Part::Field(Field::At),
        &[
            "at",
            "timestamp",
            "occurredat",
            "eventtime",
            "eventtimestamp",
            "eventdate",
            "datetime",
            "time",
            "date",
            "day",
            "purchasedat",
            "purchasedate",
            "orderedat",
            "orderdate",
            "ordertime",
            "invoicedate",
            "transactiondate",
            "transactiontime",
            "transactedat",
            "createdat",
            "derivedtstamp",
            "collectortstamp",
            "published",
            "starttime",
            "receivedat",
        ],
    ),
    (
        Part::Field(Field::Kind),
        &[
            "kind",
            "event",
            "eventname",
            "eventtype",
            "interaction",
            "interactiontype",
            "interactionkind",
            "activity",
            "activitytype",
            "action",
            "type",
        ],
    ),
    (
        Part::Field(Field::Amount),
        &[
            "amount",
            "value",
            "revenue",
            "total",
            "totalamount",
            "totalprice",
            "ordertotal",
            "orderamount",
            "ordervalue",
            "invoicetotal",
            "lineamount",
            "linetotal",
            "netamount",
            "purchaseamount",
            "purchasevalue",
            "sales",
            "spend",
            "monetaryvalue",
        ],
    ),
    (Part::Field(Field::Quantity), &["quantity", "qty"]),
    (Part::Field(Field::UnitPrice), &["unitprice", "price", "itemprice", "priceperunit"]),
    (Part::Field(Field::Rating), &["rating", "score", "stars", "ratingvalue", "nps", "npsscore", "csat"]),
    (Part::Field(Field::Reach), &["reach", "followers", "audience"]),
    (
        Part::Field(Field::Other),
        &["other", "otherid", "othercustomer", "othercustomerid", "referrer", "referrerid", "referredby", "invitedby"],
    ),
    (
        Part::Field(Field::Order),
        &[
            "order",
            "orderid",
            "orderno",
            "ordernumber",
            "invoice",
            "invoiceid",
            "invoiceno",
            "invoicenumber",
            "transactionid",
            "basketid",
            "receiptid",
            "receipt",
        ],
    ),
    (
        Part::Field(Field::Item),
        &["item", "itemid", "sku", "product", "productid", "stockcode", "article", "question", "itemname", "productname"],
    ),
    (Part::Field(Field::Channel), &["channel", "channelname", "saleschannel", "medium"]),
    (
        Part::Field(Field::Unit),
        &["unit", "unitid", "businessunit", "store", "storeid", "branch", "branchid", "shop", "shopid", "team", "location"],
    ),
    (
        Part::Field(Field::Campaign),
        &["campaign", "campaignid", "campaignname", "utmcampaign", "programme", "program", "experiment"],
    ),
    (Part::Field(Field::Arm), &["arm", "variant", "variation", "variantname", "treatment"]),
    (Part::Field(Field::Cost), &["cost", "costs"]),
    (Part::Field(Field::Id), &["id", "eventid", "interactionid", "messageid", "uuid"]),
    (Part::Field(Field::Currency), &["currency", "currencycode"]),
    (Part::Source, &["source"]),
];

/// Of some candidates the one most like a name, if it is like it at all.
pub(crate) fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = plain(name);
    candidates
        .into_iter()
        .map(|candidate| (distance(&name, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance * 3 <= name.chars().count().max(plain(candidate).chars().count()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be changed, added, dropped or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut least = (last[j] + usize::from(a[i] != b[j])).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_plain_and_names_one_part() {
        let mut seen = std::collections::BTreeSet::new();
        for (part, names) in PARTS {
            assert_eq!(plain(part.as_str()), names[0]);
            for name in names {
                assert_eq!(&plain(name), name);
                assert!(seen.insert(*name), "{name} names two parts");
            }
        }
    }

    #[test]
    fn the_closest_name_is_a_near_one() {
        assert_eq!(closest("invoice_dat", ["customer_id", "invoice_date", "invoice"]), Some("invoice_date"));
        assert_eq!(closest("custmoer", ["customer", "order"]), Some("customer"));
        assert_eq!(closest("at", ["customer", "price"]), None);
    }
}
