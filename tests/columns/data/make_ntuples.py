"""Make `ntuples.root` with ROOT: numbers in every encoding that RNTuple has, in every kind of collection.

Run by hand with a Python that has ROOT (made with ROOT 6.40):

    PYTHONPATH=tests/columns/native python tests/columns/data/make_ntuples.py

Writes what ROOT reads back from encodings that lose bits to `ntuples.json`, as the bits of each number.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import ROOT
from known import COUNTS, N_ENTRIES, Known, columns_of_ntuples, is_lossy, known

PUT = """
#include <ROOT/RNTupleModel.hxx>
#include <ROOT/RNTupleWriter.hxx>
#include <ROOT/RNTupleReader.hxx>
#include <ROOT/RField.hxx>
using Model = ROOT::RNTupleModel;
using Type = ROOT::ENTupleColumnType;
struct Inner { float a; std::vector<std::int16_t> b; bool operator<(const Inner& o) const { return a < o.a; } };

template <class T> void encode(ROOT::RField<T>& field, Type type, double low, double high, int bits) {
  if constexpr (std::is_floating_point_v<T>) {
    if (type == Type::kReal32Trunc) return field.SetTruncated(bits);
    if (type == Type::kReal32Quant) return field.SetQuantized(low, high, bits);
  }
  field.SetColumnRepresentatives({{type}});
}
template <class T> void add(Model& model, const char* name, Type type, double low, double high, int bits) {
  auto field = std::make_unique<ROOT::RField<T>>(name);
  encode(*field, type, low, high, bits);
  model.AddField(std::move(field));
}
template <class T> void add_list(Model& model, const char* name, Type index, Type type) {
  auto field = std::make_unique<ROOT::RField<std::vector<T>>>(name);
  field->SetColumnRepresentatives({{index}});
  field->GetMutableSubfields()[0]->SetColumnRepresentatives({{type}});
  model.AddField(std::move(field));
}
template <class T> void put(ROOT::REntry& entry, const char* name, unsigned long place) {
  *entry.GetPtr<T>(name) = *reinterpret_cast<const T*>(place);
}
template <class T> void put_list(ROOT::REntry& entry, const char* name, unsigned long place, int n) {
  entry.GetPtr<std::vector<T>>(name)->assign(reinterpret_cast<T*>(place), reinterpret_cast<T*>(place) + n);
}
std::string twin(const std::string&) { return "late_twin"; }
void add_others(Model& model) {
  model.MakeField<std::array<float, 3>>("three");
  model.MakeField<std::vector<std::array<std::int32_t, 2>>>("pairs");
  model.MakeField<std::vector<std::vector<double>>>("nested");
  model.MakeField<std::vector<std::vector<std::vector<std::uint8_t>>>>("deep");
  model.MakeField<std::array<std::vector<float>, 2>>("two_lists");
  model.MakeField<std::string>("text");
  model.MakeField<std::optional<float>>("maybe");
  model.MakeField<std::variant<float, std::int32_t>>("either");
  model.MakeField<Inner>("inner");
  model.MakeField<std::vector<Inner>>("inners");
  model.MakeField<std::pair<float, std::int64_t>>("pair");
  model.MakeField<std::vector<float>>("late_twin");
  auto size = ROOT::RFieldBase::Create("n_late_twin", "ROOT::RNTupleCardinality<std::uint32_t>").Unwrap();
  model.AddProjectedField(std::move(size), twin);
}
void put_others(ROOT::REntry& e, int i, int n) {
  *e.GetPtr<std::array<float, 3>>("three") = {i + .25f, i + .5f, -1.f * i};
  auto& pairs = *e.GetPtr<std::vector<std::array<std::int32_t, 2>>>("pairs"); pairs.clear();
  auto& nested = *e.GetPtr<std::vector<std::vector<double>>>("nested"); nested.clear();
  auto& deep = *e.GetPtr<std::vector<std::vector<std::vector<std::uint8_t>>>>("deep"); deep.clear();
  auto& inners = *e.GetPtr<std::vector<Inner>>("inners"); inners.clear();
  auto& twin = *e.GetPtr<std::vector<float>>("late_twin"); twin.clear();
  for (int k = 0; k < n; k++) {
    pairs.push_back({i, -k});
    nested.push_back(std::vector<double>((i + k) % 3, i / 7.));
    deep.push_back(std::vector<std::vector<std::uint8_t>>(k % 2, std::vector<std::uint8_t>(i % 4, k + i)));
    inners.push_back({k + .5f, std::vector<std::int16_t>(k, i)});
    twin.push_back(i * k);
  }
  *e.GetPtr<std::array<std::vector<float>, 2>>("two_lists") = {std::vector<float>(n, i), std::vector<float>(i % 2, n)};
  *e.GetPtr<std::string>("text") = std::string(i % 5, 'a' + i % 7);
  *e.GetPtr<std::optional<float>>("maybe") = i % 3 ? std::optional<float>(i) : std::nullopt;
  auto& either = *e.GetPtr<std::variant<float, std::int32_t>>("either");
  if (i % 2) either = i + .5f; else either = std::int32_t(-i);
  *e.GetPtr<Inner>("inner") = {-i - .5f, std::vector<std::int16_t>(n, -i)};
  *e.GetPtr<std::pair<float, std::int64_t>>("pair") = {i + .125f, std::int64_t(i) << 40};
}
void add_late(unsigned long writer) {
  auto updater = reinterpret_cast<ROOT::RNTupleWriter*>(writer)->CreateModelUpdater();
  updater->BeginUpdate();
  updater->AddField(std::make_unique<ROOT::RField<float>>("late"));
  updater->AddField(std::make_unique<ROOT::RField<std::vector<float>>>("late_list"));
  updater->CommitUpdate();
}
void options(ROOT::RNTupleWriteOptions& options, int setting) {
  options.SetCompression(setting);
  options.SetInitialUnzippedPageSize(64);
  options.SetMaxUnzippedPageSize(256);
}
template <class T> std::vector<T> back(const char* name) {
  auto reader = ROOT::RNTupleReader::Open("zstd", "ntuples.root");
  auto view = reader->GetView<T>(name); std::vector<T> all;
  for (auto i : *reader) all.push_back(view(i));
  return all;
}
"""

CXX = {
    "bool": "bool", "int8": "std::int8_t", "uint8": "std::uint8_t", "int16": "std::int16_t", "uint16": "std::uint16_t",
    "int32": "std::int32_t", "uint32": "std::uint32_t", "int64": "std::int64_t", "uint64": "std::uint64_t",
    "float32": "float", "float64": "double",
}  # fmt: skip
CLUSTER = 20


def type_of(name: str) -> Any:
    return getattr(ROOT.ENTupleColumnType, f"k{name}")


def model_of(columns: list[Known]) -> Any:
    """Declare every column with the encoding that its name tells."""
    model = ROOT.RNTupleModel.CreateBare()
    for column in columns:
        cxx, parts = CXX[column.values.dtype.name], column.name.split("_")
        if column.counts is not None:
            ROOT.add_list[cxx](model, column.name, type_of(parts[3]), type_of(parts[2]))
        else:
            bits = int(parts[3]) if len(parts) > 3 else 0
            ROOT.add[cxx](model, column.name, type_of(parts[2]), -2.0, 2.0, bits)
    return model


def fill(writer: Any, columns: list[Known], *, has_others: bool) -> None:
    late_one, late_many = known("late", "float32"), known("late_list", "float32", counts=COUNTS)
    entry = writer.CreateEntry()
    for number in range(N_ENTRIES):
        if has_others and number == 2 * CLUSTER:
            writer.CommitCluster()
            del entry
            ROOT.add_late(ROOT.addressof(writer._inner))
            entry = writer.CreateEntry()
        for column in columns:
            elements, cxx = column.of_entry(number), CXX[column.values.dtype.name]
            if column.counts is not None:
                ROOT.put_list[cxx](entry, column.name, elements.ctypes.data, len(elements))
            else:
                ROOT.put[cxx](entry, column.name, elements.ctypes.data)
        if has_others:
            ROOT.put_others(entry, number, COUNTS[number])
            if number >= 2 * CLUSTER:
                late, late_list = late_one.of_entry(number), late_many.of_entry(number)
                ROOT.put["float"](entry, "late", late.ctypes.data)
                ROOT.put_list["float"](entry, "late_list", late_list.ctypes.data, len(late_list))
        writer.Fill(entry)
        if number % CLUSTER == CLUSTER - 1:
            writer.CommitCluster()


def main() -> None:
    """Write the same columns uncompressed and in every compression, and the others once."""
    ROOT.gInterpreter.Declare(PUT)
    columns = columns_of_ntuples()
    file = ROOT.TFile("ntuples.root", "recreate")
    for name, setting in (("zstd", 505), ("none", 0), ("lz4", 404), ("zlib", 101), ("lzma", 207)):
        options = ROOT.RNTupleWriteOptions()
        ROOT.options(options, setting)
        some = columns if name in ("zstd", "none") else columns[:: len(columns) // 8]
        model = model_of(some)
        if name == "zstd":
            ROOT.add_others(model)
        writer = ROOT.RNTupleWriter.Append(model, name, file, options)
        fill(writer, some, has_others=name == "zstd")
        del writer
    file.Close()
    lossy = [column for column in columns if is_lossy(column)]
    answers = {
        column.name: np.asarray(ROOT.back[CXX[column.values.dtype.name]](column.name), column.values.dtype)
        for column in lossy
    }
    lines = (f'"{name}":"{values.tobytes().hex()}"' for name, values in answers.items())
    Path("ntuples.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)  # ROOT writes into a file by what path it was made
    main()
