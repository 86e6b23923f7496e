//! Which column of a table is which field.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use serde::Serialize;

use super::kinds::Kinds;
use super::mapping::{Mapping, Vocabulary};
use super::names::{PARTS, Part, closest, plain};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Field;

/// How many columns an error lists.
const SHOWN: usize = 40;

/// A field and the column it is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// The field, by its standard name.
    pub field: &'static str,
    /// The column.
    pub column: String,
    /// Whether the mapping said so; otherwise the column was recognised by its name.
    pub said: bool,
    /// Other columns whose names would have done as well, had this one not been surer.
    pub passed_over: Vec<String>,
}

/// The columns of a table, settled: made by [`resolve`], used by [`push`](super::push).
///
/// ```
/// use arrow_schema::{DataType, Field, Schema};
/// use engagement_core::arrow::{Mapping, resolve};
///
/// let schema = Schema::new(vec![
///     Field::new("Customer ID", DataType::Int64, true),
///     Field::new("order_date", DataType::Date32, false),
///     Field::new("value", DataType::Float64, false),
///     Field::new("cds", DataType::Int64, false),
/// ]);
/// let columns = resolve(&schema, &Mapping::new())?;
/// let pairs: Vec<(&str, &str)> = columns.chosen().iter().map(|c| (c.field, c.column.as_str())).collect();
/// assert_eq!(pairs, [("customer_id", "Customer ID"), ("at", "order_date"), ("amount", "value")]);
/// assert_eq!(columns.unused(), ["cds"]);
/// # Ok::<(), engagement_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Columns {
    places: [Option<usize>; PARTS.len()],
    chosen: Vec<Chosen>,
    unused: Vec<String>,
    kinds: Kinds,
}

impl Columns {
    /// The fields that are read and their columns, in a fixed order of fields.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }

    /// The columns that are not read, in the order of the table.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// The positions of the columns that are read, ascending.
    #[must_use]
    pub fn positions(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = self.places.iter().flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The same columns for batches that hold only those of [`positions`](Columns::positions), in their order.
    #[must_use]
    pub fn projected(&self) -> Columns {
        let positions = self.positions();
        let mut columns = self.clone();
        for place in columns.places.iter_mut().flatten() {
            *place = positions.partition_point(|position| position < place);
        }
        columns
    }

    pub(crate) fn place(&self, part: Part) -> Option<usize> {
        PARTS.iter().position(|(known, _)| *known == part).and_then(|at| self.places[at])
    }

    pub(crate) fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// The field that is read from a position; the first, if several are.
    #[cfg(feature = "files")]
    pub(crate) fn field_at(&self, position: usize) -> Field {
        let part = self.places.iter().zip(PARTS).find(|(place, _)| **place == Some(position)).map(|(_, (part, _))| part);
        if let Some(Part::Field(field)) = part { field } else { Field::Id }
    }

    /// The column a field is read from.
    pub(crate) fn column(&self, part: Part) -> &str {
        self.chosen.iter().find(|chosen| chosen.field == part.as_str()).map_or("", |chosen| &chosen.column)
    }

    /// Refuses a batch whose columns are not those that were resolved.
    pub(crate) fn check(&self, batch: &RecordBatch) -> Result<()> {
        let schema = batch.schema_ref();
        for (place, (part, _)) in self.places.iter().zip(PARTS) {
            let Some(place) = *place else { continue };
            let column = self.column(part);
            if schema.fields().get(place).is_none_or(|field| field.name() != column) {
                return Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!(
                        "column \"{column}\" is not where it was in the first batch: all batches of a table have the same columns"
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Finds the column of every field: first what the mapping says, then by name, in any case and with or without `_`, `-`, `.` and space.
///
/// * Several columns that could be one field: the surest name wins, the others are listed as passed over.
/// * An `amount` comes before `quantity` × `unit_price`, unless the mapping names these. A `price` without any quantity is an amount.
/// * Without a `kind`, the mapping's kind holds for all rows, else the sign of the amount tells purchases from refunds.
/// * The column `source` is read only in the vocabulary `CloudEvents`.
///
/// # Errors
/// [`ErrorKind::MissingField`] if a required field has no column, [`ErrorKind::InvalidArgument`] if the mapping names what is not there
/// or a column has a type that its field cannot be read from. Messages list the columns and guess what was meant.
pub fn resolve(schema: &Schema, mapping: &Mapping) -> Result<Columns> {
    let mut search = Search::new(schema, mapping)?;
    for part in PARTS.map(|(part, _)| part) {
        if !search.settled(part) && (part != Part::Source || mapping.vocabulary == Vocabulary::CloudEvents) {
            search.recognise(part)?;
        }
    }
    search.one_amount()?;
    search.require(Part::Field(Field::Customer), "the customer")?;
    search.require(Part::Field(Field::At), "the time")?;
    let kinds = Kinds::new(mapping);
    let kind_known = search.has(Field::Kind) || kinds.given.is_some();
    if !kind_known && !search.has(Field::Amount) && !search.has(Field::Quantity) {
        return Err(Error::new(
            ErrorKind::MissingField,
            format!(
                "nothing says what happened: there is neither a kind nor an amount; {}; name a column for kind or amount, \
                 or give one kind for all rows",
                listed(schema)
            ),
        ));
    }
    Ok(search.finish(kinds))
}

/// The columns found so far.
struct Search<'a> {
    schema: &'a Schema,
    found: [Option<Chosen>; PARTS.len()],
    places: [Option<usize>; PARTS.len()],
    left_out: [bool; PARTS.len()],
}

fn index(part: Part) -> usize {
    PARTS.iter().position(|(known, _)| *known == part).unwrap_or(0)
}

impl<'a> Search<'a> {
    /// Starts with what the mapping says.
    fn new(schema: &'a Schema, mapping: &Mapping) -> Result<Search<'a>> {
        let mut search =
            Search { schema, found: std::array::from_fn(|_| None), places: [None; PARTS.len()], left_out: [false; PARTS.len()] };
        for (field, column) in &mapping.columns {
            let Some(part) = Part::of(field) else {
                let ours = PARTS.map(|(part, _)| part.as_str());
                let guess = guess(closest(field, ours));
                return Err(Error::new(
                    ErrorKind::InvalidArgument,
                    format!("there is no field \"{field}\"{guess}; the fields are {}", ours.join(", ")),
                ));
            };
            if search.settled(part) {
                return Err(Error::new(ErrorKind::InvalidArgument, format!("{} is mapped twice", part.as_str())));
            }
            if column.is_empty() {
                search.left_out[index(part)] = true;
                continue;
            }
            let place = search.named(column)?;
            let data_type = schema.field(place).data_type();
            if !readable(part, data_type) {
                return Err(unreadable(part, column, data_type));
            }
            search.choose(part, place, true, Vec::new());
        }
        Ok(search)
    }

    fn settled(&self, part: Part) -> bool {
        self.places[index(part)].is_some() || self.left_out[index(part)]
    }

    fn has(&self, field: Field) -> bool {
        self.places[index(Part::Field(field))].is_some()
    }

    fn said(&self, field: Field) -> bool {
        self.found[index(Part::Field(field))].as_ref().is_some_and(|chosen| chosen.said)
    }

    fn drop(&mut self, field: Field) -> Option<usize> {
        let at = index(Part::Field(field));
        self.found[at] = None;
        self.places[at].take()
    }

    fn choose(&mut self, part: Part, place: usize, said: bool, passed_over: Vec<String>) {
        let column = self.schema.field(place).name().clone();
        self.found[index(part)] = Some(Chosen { field: part.as_str(), column, said, passed_over });
        self.places[index(part)] = Some(place);
    }

    /// The column of a name, exact or else the only one alike.
    fn named(&self, column: &str) -> Result<usize> {
        let names = || self.schema.fields().iter().map(|field| field.name().as_str());
        let places = |matches: &dyn Fn(&str) -> bool| -> Vec<usize> {
            names().enumerate().filter(|(_, name)| matches(name)).map(|(place, _)| place).collect()
        };
        let exact = places(&|name| name == column);
        let alike = || places(&|name| plain(name) == plain(column));
        match (if exact.is_empty() { alike() } else { exact }).as_slice() {
            [place] => Ok(*place),
            [] => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("there is no column \"{column}\"{}; {}", guess(closest(column, names())), listed(self.schema)),
            )),
            _ => Err(Error::new(ErrorKind::InvalidArgument, format!("there is more than one column \"{column}\""))),
        }
    }

    /// Looks for the column of a part by name.
    fn recognise(&mut self, part: Part) -> Result<()> {
        let said: Vec<usize> = self
            .found
            .iter()
            .zip(self.places)
            .filter(|(c, _)| c.as_ref().is_some_and(|c| c.said))
            .filter_map(|(_, p)| p)
            .collect();
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        for (place, field) in self.schema.fields().iter().enumerate() {
            let name = plain(field.name());
            let rank = part.names().iter().position(|known| **known == *name);
            candidates.extend(rank.filter(|_| !said.contains(&place)).map(|rank| (rank, place)));
        }
        candidates.sort_unstable();
        let type_of = |place: usize| self.schema.field(place).data_type();
        let Some(best) = candidates.iter().position(|&(_, place)| readable(part, type_of(place))) else {
            return match candidates.first() {
                Some(&(_, place)) => Err(unreadable(part, self.schema.field(place).name(), type_of(place))),
                None => Ok(()),
            };
        };
        let (_, place) = candidates.remove(best);
        let passed_over = candidates.iter().map(|&(_, other)| self.schema.field(other).name().clone()).collect();
        self.choose(part, place, false, passed_over);
        Ok(())
    }

    /// Settles whether the amount is a column or quantity × unit price.
    fn one_amount(&mut self) -> Result<()> {
        let product_said = self.said(Field::Quantity) || self.said(Field::UnitPrice);
        if product_said && self.said(Field::Amount) {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "amount and quantity × unit_price are both mapped: name one of them",
            ));
        }
        if product_said {
            self.drop(Field::Amount);
            self.require(Part::Field(Field::Quantity), "the quantity that multiplies unit_price")?;
            return self.require(Part::Field(Field::UnitPrice), "the price that multiplies quantity");
        }
        let quantity = self.has(Field::Quantity);
        let product = quantity && self.has(Field::UnitPrice);
        if self.has(Field::Amount) || self.left_out[index(Part::Field(Field::Amount))] || !product {
            self.drop(Field::Quantity);
            let price = self.drop(Field::UnitPrice);
            let paid = price.filter(|&place| plain(self.schema.field(place).name()) == "price");
            if let (false, Some(place)) = (quantity || self.settled(Part::Field(Field::Amount)), paid) {
                self.choose(Part::Field(Field::Amount), place, false, Vec::new());
            }
        }
        Ok(())
    }

    fn require(&self, part: Part, what: &str) -> Result<()> {
        if self.places[index(part)].is_some() {
            return Ok(());
        }
        let taken = |place: usize| self.places.iter().flatten().any(|&other| other == place);
        let free = || self.schema.fields().iter().enumerate().filter(|(place, _)| !taken(*place)).map(|(_, f)| f.name().as_str());
        let guess = part
            .names()
            .iter()
            .filter_map(|name| closest(name, free()).map(|column| (name, column)))
            .min_by_key(|(name, column)| plain(column).len().abs_diff(name.len()))
            .map(|(_, column)| column);
        Err(Error::new(
            ErrorKind::MissingField,
            format!(
                "no column was recognised as {} ({what}){}; {}; say which it is: {}=<column>",
                part.as_str(),
                self::guess(guess),
                listed(self.schema),
                part.as_str()
            ),
        ))
    }

    fn finish(self, kinds: Kinds) -> Columns {
        let Search { schema, found, places, .. } = self;
        let used = |place: usize| places.iter().flatten().any(|&other| other == place);
        let unused =
            schema.fields().iter().enumerate().filter(|(place, _)| !used(*place)).map(|(_, f)| f.name().clone()).collect();
        Columns { places, chosen: found.into_iter().flatten().collect(), unused, kinds }
    }
}

fn guess(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(", did you mean \"{name}\"?"))
}

fn listed(schema: &Schema) -> String {
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    match names.len() {
        0 => "there are no columns".to_owned(),
        n if n > SHOWN => format!("the columns are {} and {} more", names[..SHOWN].join(", "), n - SHOWN),
        _ => format!("the columns are {}", names.join(", ")),
    }
}

/// Whether a part can be read from a type.
pub(crate) fn readable(part: Part, data_type: &DataType) -> bool {
    use DataType as D;
    match data_type {
        D::Dictionary(_, values) => !matches!(**values, D::Dictionary(..)) && readable(part, values),
        D::Null | D::Utf8 | D::LargeUtf8 | D::Utf8View | D::Binary | D::LargeBinary | D::BinaryView => true,
        D::Date32 | D::Date64 | D::Timestamp(..) => part == Part::Field(Field::At),
        D::Float16 | D::Float32 | D::Float64 => part != Part::Field(Field::At),
        D::Decimal32(..) | D::Decimal64(..) | D::Decimal128(..) | D::Decimal256(..) => part != Part::Field(Field::At),
        _ => data_type.is_integer() && part != Part::Field(Field::At),
    }
}

/// Says that a column has a type its field cannot be read from.
pub(crate) fn unreadable(part: Part, column: &str, data_type: &DataType) -> Error {
    let field = part.as_str();
    let expected = match part {
        Part::Field(Field::At) => "a timestamp, a date or text",
        Part::Field(Field::Amount | Field::Cost | Field::Quantity | Field::UnitPrice | Field::Rating | Field::Reach) => {
            "a number or text"
        }
        _ => "text or an integer",
    };
    Error::new(
        ErrorKind::InvalidArgument,
        format!(
            "column \"{column}\" is {data_type}, from which {field} cannot be read: {expected} is expected; convert it, \
             or map {field} to another column or to none"
        ),
    )
}
