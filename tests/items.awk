# What became of the items of the SmartREST list: reads "OUTCOME full.name.of.a.Test" lines, where tests name their items as
# Item_7_... or Items_7_8_and_9_... An item has passed when tests of it ran and all of them passed.
# With whole=1, items that no test was of are listed, too; the exit code is 1 unless all that is listed has passed.
{
  name = $2
  sub(/.*\./, "", name)
  count = split(name, words, "_")
  if (words[1] !~ /^Items?$/) next
  for (i = 2; i <= count && words[i] ~ /^([0-9][0-9]?|and)$/; i++) {
    if (words[i] == "and") continue
    tests[words[i] + 0]++
    if ($1 != "Passed") bad[words[i] + 0]++
  }
}

END {
  for (item = 1; item <= 80; item++) {
    if (!tests[item] && !whole) continue
    state = !tests[item] ? "NOT TESTED" : bad[item] ? "FAILED" : "passed"
    if (state != "passed") code = 1
    printf "item %2d %s (%d %s)\n", item, state, tests[item], tests[item] == 1 ? "test" : "tests"
  }
  exit code
}
