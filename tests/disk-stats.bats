# SPDX-License-Identifier: LGPL-2.1-or-later
# domblkstat, domblkerror: what the disks of a guest do.

load helpers

# count FIELD: of the last output of domblkstat.
count()
{
	sed -n "s/^vda $1 //p" <<<"$output"
}

@test "reads and writes of a guest are counted" {
	define_guest vm1
	ok D start vm1
	guest_ask vm1 i
	ok D -q domblkstat vm1 vda
	same 'rd_req rd_bytes wr_req wr_bytes flush_operations rd_total_times wr_total_times flush_total_times' \
		"$(cut -d ' ' -f 2 <<<"$output" | paste -sd ' ')"
	test "$(count rd_req)" -gt 0
	test "$(count rd_bytes)" -ge 512
	before=$(count wr_bytes)
	guest_ask vm1 w
	ok D -q domblkstat vm1 "$BATS_TEST_TMPDIR/vm1.qcow2"
	ok D --json domblkstat vm1 vda
	test "$(jq .wr_bytes <<<"$output")" -gt "$before"
	ok D domblkstat vm1 vda --human
	same 'Device: vda' "$(sed -n 1p <<<"$output")"
	has ' number of bytes written:        ' "$output"
	refused "domain 'vm1' has no disk 'vdb'" D domblkstat vm1 vdb
	refused 'requires <device> option' D domblkstat vm1
	ok D domblkerror vm1
	same 'No errors found' "${output%$'\n'}"
	ok D --json domblkerror vm1
	same '[]' "$output"
	ok D destroy vm1
	refused 'domain is not running' D domblkstat vm1 vda
	refused 'domain is not running' D domblkerror vm1
}
