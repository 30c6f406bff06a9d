#!/usr/bin/env bats
# scripts/failed_tests.py: a summary of a failed run is enough to see why.

bats_require_minimum_version 1.5.0

setup() {
  report=$BATS_TEST_TMPDIR/report.xml
  cat > "$report" <<'XML'
<testsuite>
  <testcase name="good" status="run"><system-out>fine</system-out></testcase>
  <testcase name="left out" status="notrun"><skipped/><system-out>why</system-out></testcase>
  <testcase name="bad" status="fail"><failure/><system-out>LINES</system-out></testcase>
</testsuite>
XML
  sed -i "s/LINES/$(seq -s '\n' 1 60)/" "$report"
}

@test "names: of what failed alone" {
  run -0 "$TEST_SOURCE/scripts/failed_tests.py" --names "$report"
  [ "$output" = bad ]
}

@test "the end of what it printed, and no more" {
  run -0 "$TEST_SOURCE/scripts/failed_tests.py" "$report"
  [ "${lines[0]}" = "=== bad failed; the end of what it printed:" ]
  [ "${lines[1]}" = 21 ]
  [ "${lines[-1]}" = 60 ]
}

@test "a report that is missing or was cut off says nothing" {
  head -c 100 "$report" > "$report.cut"
  run -0 "$TEST_SOURCE/scripts/failed_tests.py" "$report.cut" "$report.none"
  [ -z "$output" ]
}
