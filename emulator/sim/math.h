// Own elementary functions: libm differs between machines in the last bit, verdicts may not.
// Only +, -, *, / and sqrt of IEEE 754 are used, which are correctly rounded everywhere.
#pragma once

namespace squall::sim {

double sqrt(double x);
double log(double x);   // relative error below 1e-15
double exp(double x);
double pow(double base, double exponent);
double floor(double x);
double ceil(double x);
double round(double x);  // halves away from zero

}  // namespace squall::sim
