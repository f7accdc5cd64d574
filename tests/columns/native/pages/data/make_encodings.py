"""Make the files beside this one with PyROOT: every way to write numbers. Run by hand (made with ROOT 6.40)."""

from __future__ import annotations

import os
from pathlib import Path

import ROOT

os.chdir(Path(__file__).parent)  # ROOT writes into a file by what path it was made
ROOT.gInterpreter.Declare(r"""
#include <ROOT/RField.hxx>
#include <ROOT/RNTupleModel.hxx>
#include <ROOT/RNTupleWriteOptions.hxx>
#include <ROOT/RNTupleWriter.hxx>
#include <atomic>
#include <bitset>

using Type = ROOT::ENTupleColumnType;
using Writer = ROOT::RNTupleWriter;

template <typename T> void add(ROOT::RNTupleModel &model, const std::string &name, std::vector<Type> types = {})
{
   auto field = std::make_unique<ROOT::RField<T>>(name);
   if (!types.empty())
      field->SetColumnRepresentatives({types});
   model.AddField(std::move(field));
}

void add_list(ROOT::RNTupleModel &model, const std::string &name, Type ends)
{
   auto field = std::make_unique<ROOT::RVectorField>(name, std::make_unique<ROOT::RField<float>>("_0"));
   field->SetColumnRepresentatives({{ends}});
   model.AddField(std::move(field));
}

template <typename T> T &at(ROOT::REntry &entry, const std::string &name) { return *entry.GetPtr<T>(name); }

const int n_entries = 300, late = 100;

void make_encodings()
{
   auto model = ROOT::RNTupleModel::Create();
   add<bool>(*model, "flag");
   add<char>(*model, "letter");
   add<std::int8_t>(*model, "i1");
   add<std::uint8_t>(*model, "u1");
   add<std::int16_t>(*model, "i2_plain", {Type::kInt16});
   add<std::uint16_t>(*model, "u2_plain", {Type::kUInt16});
   add<std::int32_t>(*model, "i4_plain", {Type::kInt32});
   add<std::uint32_t>(*model, "u4_plain", {Type::kUInt32});
   add<std::int64_t>(*model, "i8_plain", {Type::kInt64});
   add<std::uint64_t>(*model, "u8_plain", {Type::kUInt64});
   add<float>(*model, "f4_plain", {Type::kReal32});
   add<double>(*model, "f8_plain", {Type::kReal64});
   add<std::int16_t>(*model, "i2_split", {Type::kSplitInt16});
   add<std::uint16_t>(*model, "u2_split", {Type::kSplitUInt16});
   add<std::int32_t>(*model, "i4_split", {Type::kSplitInt32});
   add<std::uint32_t>(*model, "u4_split", {Type::kSplitUInt32});
   add<std::int64_t>(*model, "i8_split", {Type::kSplitInt64});
   add<std::uint64_t>(*model, "u8_split", {Type::kSplitUInt64});
   add<float>(*model, "f4_split", {Type::kSplitReal32});
   add<double>(*model, "f8_split", {Type::kSplitReal64});
   add<float>(*model, "f4_half", {Type::kReal16});
   add<double>(*model, "f8_single", {Type::kSplitReal32});
   for (int bits : {10, 11, 17, 24, 31}) {
      auto field = std::make_unique<ROOT::RField<float>>("truncated" + std::to_string(bits));
      field->SetTruncated(bits);
      model->AddField(std::move(field));
   }
   for (int bits : {1, 2, 7, 8, 13, 20, 32}) {
      auto field = std::make_unique<ROOT::RField<float>>("quantized" + std::to_string(bits));
      field->SetQuantized(bits, {-10., 110.});
      model->AddField(std::move(field));
   }
   add<std::array<float, 3>>(*model, "three");
   add<std::array<std::array<std::int16_t, 2>, 3>>(*model, "six");
   add<std::bitset<13>>(*model, "bits");
   add<std::atomic<std::int32_t>>(*model, "atom");
   add<std::vector<bool>>(*model, "flags");
   add<std::vector<std::vector<std::int32_t>>>(*model, "deep");
   add<std::vector<std::vector<std::vector<double>>>>(*model, "deeper");
   add<std::vector<std::array<float, 2>>>(*model, "pairs");
   add_list(*model, "list_index32", Type::kIndex32);
   add_list(*model, "list_split32", Type::kSplitIndex32);
   add_list(*model, "list_index64", Type::kIndex64);
   add_list(*model, "list_split64", Type::kSplitIndex64);
   add<std::string>(*model, "text");
   add<std::vector<std::string>>(*model, "texts");
   add<std::array<std::vector<float>, 2>>(*model, "lists_in_array");
   add<std::pair<float, std::int32_t>>(*model, "couple");
   add<std::vector<std::pair<float, std::vector<std::int32_t>>>>(*model, "couples");
   add<std::optional<float>>(*model, "maybe");
   add<std::variant<int, float>>(*model, "either");
   auto size = std::make_unique<ROOT::RField<ROOT::RNTupleCardinality<std::uint32_t>>>("size");
   model->AddProjectedField(std::move(size), [](const std::string &) { return "list_split64"; });
   auto same = ROOT::RFieldBase::Create("same", "std::vector<float>").Unwrap();
   model->AddProjectedField(std::move(same), [](const std::string &name) {
      return name == "same" ? "list_split64" : "list_split64._0";
   });

   ROOT::RNTupleWriteOptions options;
   options.SetCompression(505);
   options.SetInitialUnzippedPageSize(64);
   options.SetMaxUnzippedPageSize(512);
   auto writer = Writer::Recreate(std::move(model), "t", "encodings.root", options);
   for (int i = 0; i < n_entries; ++i) {
      if (i == late) {
         auto updater = writer->CreateModelUpdater();
         updater->BeginUpdate();
         updater->AddField(std::make_unique<ROOT::RField<float>>("late"));
         updater->AddField(std::make_unique<ROOT::RField<bool>>("late_flag"));
         updater->AddField(std::make_unique<ROOT::RField<std::array<std::int64_t, 2>>>("late_two"));
         updater->AddField(std::make_unique<ROOT::RField<std::vector<std::int32_t>>>("late_list"));
         updater->CommitUpdate();
      }
      auto entry = writer->CreateEntry();
      auto &e = *entry;
      const long long whole = (i % 2 ? -1 : 1) * i * 12345678901LL;
      const float value = (i * 37) % 101 + 0.25f * (i % 4);
      at<bool>(e, "flag") = i * 7 % 3 == 0;
      at<char>(e, "letter") = i % 256;
      at<std::int8_t>(e, "i1") = whole;
      at<std::uint8_t>(e, "u1") = whole;
      for (std::string way : {"plain", "split"}) {
         at<std::int16_t>(e, "i2_" + way) = whole;
         at<std::uint16_t>(e, "u2_" + way) = whole;
         at<std::int32_t>(e, "i4_" + way) = whole;
         at<std::uint32_t>(e, "u4_" + way) = whole;
         at<std::int64_t>(e, "i8_" + way) = whole;
         at<std::uint64_t>(e, "u8_" + way) = whole;
         at<float>(e, "f4_" + way) = value;
         at<double>(e, "f8_" + way) = value / 3.;
      }
      at<float>(e, "f4_half") = value;
      at<double>(e, "f8_single") = value / 3.;
      for (std::string bits : {"10", "11", "17", "24", "31"})
         at<float>(e, "truncated" + bits) = value / 3.f;
      for (std::string bits : {"1", "2", "7", "8", "13", "20", "32"})
         at<float>(e, "quantized" + bits) = value;
      at<std::array<float, 3>>(e, "three") = {value, value + 1, value + 2};
      for (int j = 0; j < 6; ++j)
         at<std::array<std::array<std::int16_t, 2>, 3>>(e, "six")[j / 2][j % 2] = i - 10 * j;
      at<std::bitset<13>>(e, "bits") = std::bitset<13>(i * 97);
      at<std::atomic<std::int32_t>>(e, "atom") = -i;
      at<std::vector<bool>>(e, "flags").clear();
      for (int j = 0; j < i % 5; ++j)
         at<std::vector<bool>>(e, "flags").push_back((i + j) % 3 == 0);
      at<std::vector<std::vector<std::int32_t>>>(e, "deep").clear();
      for (int j = 0; j < i % 4; ++j)
         at<std::vector<std::vector<std::int32_t>>>(e, "deep").emplace_back((i + j) % 3, i * j);
      auto &deeper = at<std::vector<std::vector<std::vector<double>>>>(e, "deeper");
      deeper.clear();
      for (int j = 0; j < i % 3; ++j) {
         deeper.emplace_back();
         for (int k = 0; k < (i + j) % 3; ++k)
            deeper.back().emplace_back((i + k) % 3, i + j * 0.5);
      }
      at<std::vector<std::array<float, 2>>>(e, "pairs").assign(i % 3, {value, -value});
      for (std::string way : {"index32", "split32", "index64", "split64"})
         at<std::vector<float>>(e, "list_" + way).assign(i * i % 7, value);
      at<std::string>(e, "text").assign(i % 4, 'x');
      at<std::vector<std::string>>(e, "texts").assign(i % 3, "y");
      at<std::array<std::vector<float>, 2>>(e, "lists_in_array")[1].assign(i % 3, value);
      at<std::pair<float, std::int32_t>>(e, "couple") = {value, i};
      at<std::vector<std::pair<float, std::vector<std::int32_t>>>>(e, "couples")
         .assign(i % 3, {value, std::vector<std::int32_t>(i % 2, i)});
      if (i % 2)
         at<std::optional<float>>(e, "maybe") = value;
      at<std::variant<int, float>>(e, "either") = i;
      if (i >= late) {
         at<float>(e, "late") = value;
         at<bool>(e, "late_flag") = true;
         at<std::array<std::int64_t, 2>>(e, "late_two") = {i, -i};
         at<std::vector<std::int32_t>>(e, "late_list").assign(i % 4, i);
      }
      writer->Fill(e);
      if (i == 150 || i == 157)
         writer->CommitCluster();
   }
}

void make_ways()
{
   auto model = ROOT::RNTupleModel::Create();
   auto add = [&](const char *name, const char *type, ROOT::RFieldBase::RColumnRepresentations::Selection_t ways) {
      auto field = ROOT::RFieldBase::Create(name, type).Unwrap();
      field->SetColumnRepresentatives(ways);
      model->AddField(std::move(field));
   };
   add("number", "float", {{Type::kReal32}, {Type::kReal16}, {Type::kSplitReal32}});
   add("list", "std::vector<float>", {{Type::kIndex64}, {Type::kSplitIndex64}, {Type::kSplitIndex32}});
   add("narrow", "float", {{Type::kReal16}, {Type::kReal32}});
   auto number = model->GetDefaultEntry().GetPtr<float>("number");
   auto narrow = model->GetDefaultEntry().GetPtr<float>("narrow");
   auto list = model->GetDefaultEntry().GetPtr<std::vector<float>>("list");
   ROOT::RNTupleWriteOptions options;
   options.SetInitialUnzippedPageSize(64);
   options.SetMaxUnzippedPageSize(128);
   auto writer = Writer::Recreate(std::move(model), "t", "ways.root", options);
   for (int cluster = 0; cluster < 5; ++cluster) {
      for (const char *name : {"number", "list", "narrow"}) {
         auto &field = const_cast<ROOT::RFieldBase &>(writer->GetModel().GetConstField(name));
         const int way = cluster % (std::string(name) == "narrow" ? 2 : 3);
         ROOT::Internal::RFieldRepresentationModifier::SetPrimaryColumnRepresentation(field, way);
      }
      for (int i = 40 * cluster; i < 40 * (cluster + 1); ++i) {
         *number = *narrow = i * 0.5f;
         list->assign(i % 4, i * 0.25f);
         writer->Fill();
      }
      writer->CommitCluster();
   }
}

void make_doubles()
{
   auto model = ROOT::RNTupleModel::Create();
   auto add = [&](const char *name, Type packed) {
      auto field = std::make_unique<ROOT::RField<double>>(name);
      if (packed == Type::kReal32Quant)
         field->SetQuantized(20, {0., 524287.5});
      else
         field->SetTruncated(20);
      field->SetColumnRepresentatives({{Type::kSplitReal64}, {packed}, {Type::kSplitReal32}});
      model->AddField(std::move(field));
      return model->GetDefaultEntry().GetPtr<double>(name);
   };
   auto truncated = add("truncated", Type::kReal32Trunc), quantized = add("quantized", Type::kReal32Quant);
   ROOT::RNTupleWriteOptions options;
   options.SetInitialUnzippedPageSize(64);
   options.SetMaxUnzippedPageSize(128);
   auto writer = Writer::Recreate(std::move(model), "t", "doubles.root", options);
   for (int cluster = 0; cluster < 5; ++cluster) {
      for (const char *name : {"truncated", "quantized"}) {
         auto &field = const_cast<ROOT::RFieldBase &>(writer->GetModel().GetConstField(name));
         ROOT::Internal::RFieldRepresentationModifier::SetPrimaryColumnRepresentation(field, cluster % 3);
      }
      for (int i = 40 * cluster; i < 40 * (cluster + 1); ++i) {
         *truncated = *quantized = i * 0.5;
         writer->Fill();
      }
      writer->CommitCluster();
   }
}
""")
ROOT.make_encodings()
ROOT.make_ways()
ROOT.make_doubles()
