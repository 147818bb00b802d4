#include "emulator/sim/math.h"

#include <cmath>  // sqrt, floor, ceil, ldexp and frexp: exact by IEEE 754
#include <cstdint>
#include <limits>

namespace squall::sim {

double sqrt(double x) { return std::sqrt(x); }
double floor(double x) { return std::floor(x); }
double ceil(double x) { return std::ceil(x); }
double round(double x) { return x < 0 ? -std::floor(0.5 - x) : std::floor(x + 0.5); }

// ln 2 in two parts, the first with enough trailing zeros that k * ln2_high is exact.
constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;

double log(double x) {
  if (!(x > 0)) {
    return x == 0 ? -std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::quiet_NaN();
  }
  if (x == std::numeric_limits<double>::infinity()) return x;
  int k = 0;
  double m = std::frexp(x, &k);  // in [0.5, 1)
  if (m < 0.70710678118654752440) {
    m *= 2;
    --k;
  }
  // log(m) = 2 atanh(s), s = (m-1)/(m+1), |s| < 0.1716: the series falls by 0.03 a term.
  const double s = (m - 1) / (m + 1), z = s * s;
  double sum = 0;
  for (int i = 23; i >= 3; i -= 2) sum = sum * z + 1.0 / i;
  return k * ln2_high + (2 * s + (2 * s * z * sum + k * ln2_low));
}

double exp(double x) {
  if (x != x) return x;
  if (x > 709.782712893384) return std::numeric_limits<double>::infinity();
  if (x < -745.2) return 0;
  const double k = std::floor(x / (ln2_high + ln2_low) + 0.5);
  const double r = (x - k * ln2_high) - k * ln2_low;  // |r| <= 0.3466
  double sum = 1;
  for (int i = 17; i >= 1; --i) sum = 1 + sum * r / i;
  return std::ldexp(sum, static_cast<int>(k));
}

double pow(double base, double exponent) {
  const double whole = std::floor(exponent);
  if (whole == exponent && exponent >= 0 && exponent <= 1024) {
    double result = 1, square = base;
    for (auto n = static_cast<uint32_t>(exponent); n; n >>= 1) {
      if (n & 1) result *= square;
      square *= square;
    }
    return result;
  }
  return base == 0 ? 0 : exp(exponent * log(base));
}

}  // namespace squall::sim
