"""Writes the public names of PySpark's SQL API, class by class, to test/data/spark/api-names.json: `python3 test/support/spark/api_names.py`."""
import inspect
import json
import os

import pyspark
from pyspark.sql import Column, DataFrame, SparkSession, Window, WindowSpec, functions
from pyspark.sql.catalog import Catalog
from pyspark.sql.conf import RuntimeConfig
from pyspark.sql.dataframe import DataFrameNaFunctions, DataFrameStatFunctions
from pyspark.sql.group import GroupedData
from pyspark.sql.readwriter import DataFrameReader, DataFrameWriter, DataFrameWriterV2
from pyspark.sql.streaming import DataStreamReader, DataStreamWriter, StreamingQuery, StreamingQueryManager
from pyspark.sql.tvf import TableValuedFunction

CLASSES = [
    SparkSession, SparkSession.Builder, DataFrame, Column, GroupedData, Window, WindowSpec, DataFrameReader, DataFrameWriter,
    DataFrameWriterV2, DataFrameNaFunctions, DataFrameStatFunctions, Catalog, RuntimeConfig, TableValuedFunction, DataStreamReader,
    DataStreamWriter, StreamingQuery, StreamingQueryManager,
]
# Operators, without those that Python asks for when the other operand is the column, and those that only raise.
OPERATORS = "add sub mul truediv mod pow neg eq ne lt le gt ge and or invert getitem".split()
TARGET = os.path.join(os.path.dirname(__file__), "../../data/spark/api-names.json")


def names(of):
    public = [name for name, _ in inspect.getmembers(of) if not name.startswith("_")]
    return sorted(public) + ([f"__{name}__" for name in OPERATORS] if of is Column else [])


found = {of.__name__: names(of) for of in CLASSES}
found["functions"] = sorted(functions.__all__)
with open(TARGET, "w") as out:
    json.dump({"version": pyspark.__version__, "names": found}, out, indent=1)
    out.write("\n")
