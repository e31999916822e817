"""The Parquet tables of a receipt: what each column holds, its unit, and how it is made."""
