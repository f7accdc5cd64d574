"""Questions with combinations of particles, for data frames: functions that ROOT compiles when they are asked for."""

from __future__ import annotations

_MOVING = """
#include <cmath>
#include <utility>
#include "ROOT/RVec.hxx"
namespace bench {
using Floats = ROOT::VecOps::RVec<float>;
using Integers = ROOT::VecOps::RVec<int>;
struct Moving { double px, py, pz, energy; };
inline Moving moving(double pt, double eta, double phi, double mass) {
  const double px = pt * std::cos(phi), py = pt * std::sin(phi), pz = pt * std::sinh(eta);
  return {px, py, pz, std::sqrt(px * px + py * py + pz * pz + mass * mass)};
}
inline Moving operator+(const Moving &a, const Moving &b) {
  return {a.px + b.px, a.py + b.py, a.pz + b.pz, a.energy + b.energy};
}
inline double mass_of(const Moving &a) {
  return std::sqrt(std::max(a.energy * a.energy - a.px * a.px - a.py * a.py - a.pz * a.pz, 0.));
}
}
"""

PAIR = (
    _MOVING
    + """
namespace bench {
bool has_pair(const Floats &pt, const Floats &eta, const Floats &phi, const Floats &mass, const Integers &charge,
              double low, double high) {
  for (size_t i = 0; i < pt.size(); ++i)
    for (size_t j = i + 1; j < pt.size(); ++j) {
      if (charge[i] == charge[j]) continue;
      const double m = mass_of(moving(pt[i], eta[i], phi[i], mass[i]) + moving(pt[j], eta[j], phi[j], mass[j]));
      if (m > low && m < high) return true;
    }
  return false;
}
}
"""
)

THREE_JETS = (
    _MOVING
    + """
namespace bench {
std::pair<double, double> three_jets(const Floats &pt, const Floats &eta, const Floats &phi, const Floats &mass,
                                     const Floats &tag) {
  const size_t n = pt.size();
  ROOT::VecOps::RVec<Moving> jets(n);
  for (size_t i = 0; i < n; ++i) jets[i] = moving(pt[i], eta[i], phi[i], mass[i]);
  double nearest = 1e300;
  std::pair<double, double> best{-1., -1.};
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      for (size_t k = j + 1; k < n; ++k) {
        const Moving all = jets[i] + jets[j] + jets[k];
        const double distance = std::abs(mass_of(all) - 172.5);
        if (distance < nearest) {
          nearest = distance;
          best = {std::hypot(all.px, all.py), std::max(tag[i], std::max(tag[j], tag[k]))};
        }
      }
  return best;
}
}
"""
)

AWAY = (
    _MOVING
    + """
namespace bench {
inline bool is_near(double eta, double phi, const Floats &pts, const Floats &etas, const Floats &phis) {
  for (size_t i = 0; i < pts.size(); ++i) {
    if (pts[i] <= 10) continue;
    const double d_eta = eta - etas[i], d_phi = std::remainder(phi - phis[i], 2 * M_PI);
    if (d_eta * d_eta + d_phi * d_phi < 0.16) return true;
  }
  return false;
}
double away(const Floats &pt, const Floats &eta, const Floats &phi, const Floats &muon_pt, const Floats &muon_eta,
            const Floats &muon_phi, const Floats &electron_pt, const Floats &electron_eta,
            const Floats &electron_phi) {
  double sum = 0;
  for (size_t i = 0; i < pt.size(); ++i) {
    if (pt[i] <= 30 || is_near(eta[i], phi[i], muon_pt, muon_eta, muon_phi) ||
        is_near(eta[i], phi[i], electron_pt, electron_eta, electron_phi))
      continue;
    sum += pt[i];
  }
  return sum;
}
}
"""
)

BESIDE = (
    _MOVING
    + """
namespace bench {
double beside(double met_pt, double met_phi, const Floats &muon_pt, const Floats &muon_eta, const Floats &muon_phi,
              const Floats &muon_mass, const Integers &muon_charge, const Floats &electron_pt,
              const Floats &electron_eta, const Floats &electron_phi, const Floats &electron_mass,
              const Integers &electron_charge) {
  const size_t n_muons = muon_pt.size();
  const auto pt = ROOT::VecOps::Concatenate(muon_pt, electron_pt);
  const auto eta = ROOT::VecOps::Concatenate(muon_eta, electron_eta);
  const auto phi = ROOT::VecOps::Concatenate(muon_phi, electron_phi);
  const auto mass = ROOT::VecOps::Concatenate(muon_mass, electron_mass);
  const auto charge = ROOT::VecOps::Concatenate(muon_charge, electron_charge);
  const size_t n = pt.size();
  double nearest = 1e300;
  size_t first = n, second = n;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j) {
      if (charge[i] == charge[j] || (i < n_muons) != (j < n_muons)) continue;
      const double m = mass_of(moving(pt[i], eta[i], phi[i], mass[i]) + moving(pt[j], eta[j], phi[j], mass[j]));
      if (std::abs(m - 91.2) < nearest) {
        nearest = std::abs(m - 91.2);
        first = i;
        second = j;
      }
    }
  if (first == n) return -1;
  size_t leading = n;
  for (size_t i = 0; i < n; ++i)
    if (i != first && i != second && (leading == n || pt[i] > pt[leading])) leading = i;
  return std::sqrt(2 * met_pt * pt[leading] * (1 - std::cos(met_phi - phi[leading])));
}
}
"""
)
