"""Chemistry of 178 wines of three growers: through Parquet, summed up by polars, told apart by scikit-learn."""

import io
from importlib.metadata import version

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def wines() -> pa.Table:
    """The data set that scikit-learn brings, as an Arrow table that has been written to Parquet and read again."""
    data = load_wine()
    columns = {name: pa.array(data.data[:, place]) for place, name in enumerate(data.feature_names)}
    table = pa.table({"grower": pa.array(data.target), **columns})
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return pq.read_table(io.BytesIO(file.getvalue()))


def by_grower(table: pa.Table) -> pl.DataFrame:
    """How many wines each grower has, and their mean alcohol and colour."""
    return (
        pl.DataFrame(table)
        .group_by("grower")
        .agg(
            pl.len().alias("wines"),
            pl.col("alcohol").mean().round(2),
            pl.col("color_intensity").mean().round(2).alias("colour"),
        )
        .sort("grower")
    )


def accuracy(table: pa.Table) -> tuple[float, float]:
    """Mean and standard deviation of the share of wines whose grower is recognized, over five held-out fifths."""
    frame = pl.DataFrame(table)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
    scores = cross_val_score(model, frame.drop("grower").to_numpy(), frame["grower"].to_numpy(), cv=folds)
    return float(scores.mean()), float(scores.std())


def main() -> None:
    """Print the report."""
    print(", ".join(f"{name} {version(name)}" for name in ("scikit-learn", "polars", "pyarrow")))
    table = wines()
    print(f"{table.num_rows} wines, {table.num_columns - 1} measurements each")
    for row in by_grower(table).iter_rows(named=True):
        print("  grower {grower}: {wines} wines, alcohol {alcohol} %, colour {colour}".format(**row))
    mean, deviation = accuracy(table)
    print(f"grower recognized: {mean:.1%} of wines held out (standard deviation {deviation:.1%})")
