// The house style as functions from (path, text) to complaints: what tidy_test.cpp runs over the
// repository, and over fixtures that show that each of them can complain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidy {

using Complaints = std::vector<std::string>;

// Text (text.cpp).
bool starts(std::string_view text, std::string_view with);
bool has(std::string_view text, std::string_view part);
// `word` (which may begin or end with punctuation) not as a part of a longer identifier.
bool has_word(std::string_view text, std::string_view word);
std::vector<std::string> lines_of(const std::string& text);
// .cpp, .h, .py, .sh (also by the first line), else what the name says.
std::string extension(const std::string& path, const std::string& text);
bool is_cpp(const std::string& ext);
bool is_source(const std::string& ext);
// C++ with comments, literals and preprocessor lines blanked; the lines stay where they were.
std::string code_of(const std::string& text);

// Sizes (sizes.cpp): files, lines and functions.
Complaints check_lines(const std::string& path, const std::string& text);
Complaints check_functions(const std::string& path, const std::string& text);

// Rules (rules.cpp): who may include whom, what nobody may write, what each file must say.
Complaints check_includes(const std::string& path, const std::string& text);
Complaints check_bans(const std::string& path, const std::string& text);
Complaints check_coroutines(const std::string& path, const std::string& text);
Complaints check_opening(const std::string& path, const std::string& text);
Complaints check_top_folder(const std::string& name);

}  // namespace tidy
