//! CSV and Parquet.
