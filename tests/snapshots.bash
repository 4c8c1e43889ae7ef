# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For the bats files on snapshots, after `load helpers`.

invalid='error: Requested operation is not valid:'
unsupported='error: unsupported configuration:'

# off NAME: a domain that is off, with one qcow2 disk.
off()
{
	make_disk "$BATS_TEST_TMPDIR/$1.qcow2"
	define "$1" "$BATS_TEST_TMPDIR/$1.qcow2"
}

disk()
{
	echo "$BATS_TEST_TMPDIR/${1:-vm1}.qcow2"
}

# tags FILE: the names of the snapshots in an image.
tags()
{
	qemu-img info -U --output=json "$1" | jq -r '.snapshots // [] | map(.name) | sort | join(" ")'
}

names()
{
	D -q snapshot-list vm1 --name | paste -sd ' '
}

current()
{
	D -q snapshot-current vm1 --name
}

parent_of()
{
	D -q snapshot-parent vm1 "$1"
}

# put BYTE: write it at 1 MiB of the disk; at BYTE: it is there.
put()
{
	qemu-io -f qcow2 -c "write -q -P $1 1M 512" "$(disk)"
}
at()
{
	qemu-io -r -f qcow2 -c "read -q -P $1 1M 512" "$(disk)"
}

# same_pairs: each record has its tag, each tag its record.
same_pairs()
{
	same "$(names | tr ' ' '\n' | sort | paste -sd ' ')" "$(tags "$(disk)")"
	same "" "$(find "$(dom vm1)" -name intent -o -name '*.xml*new~*')"
}
