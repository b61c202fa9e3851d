# Writes OUT: the typefaces of one part of Unicode (PART: latin or latin-ext) as a style sheet that
# holds them, because a page opened from disk may not load any in every browser. Both are under the
# SIL Open Font License 1.1, which allows that; the ranges are those of Fontsource.
set(range_latin "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD")
set(range_latin-ext "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C4,U+2113,U+2C60-2C7F,U+A720-A7FF")

set(sheet "")
foreach(typeface "Source Serif 4|${SERIF}" "Source Sans 3|${SANS}")
  string(REGEX MATCH "^([^|]+)[|](.+)$" all "${typeface}")
  set(name ${CMAKE_MATCH_1})
  execute_process(COMMAND base64 -w0 ${CMAKE_MATCH_2}-${PART}-wght-normal.woff2
    OUTPUT_VARIABLE coded COMMAND_ERROR_IS_FATAL ANY)
  string(APPEND sheet "@font-face { font-family: \"${name}\"; font-style: normal; "
    "font-weight: 200 900; font-display: block; "
    "src: url(data:font/woff2;base64,${coded}) format(\"woff2\"); "
    "unicode-range: ${range_${PART}}; }\n")
endforeach()
file(WRITE ${OUT} "${sheet}")
