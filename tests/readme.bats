# SPDX-License-Identifier: LGPL-2.1-or-later
# The transcript in README is what is really printed, but for times, sizes and places.

load helpers

# The indented lines of README between its first command and the next heading.
transcript()
{
	sed -n '/^    \$ domsh/,/^Where /p' "$here/../README" | sed -n 's/^    //p; s/^$//p'
}

# What may differ; a table is as wide as what is in it.
normal()
{
	sed -E "s|$BATS_TEST_TMPDIR|/home/me|g; s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+( [+-][0-9]{4})?/DATE/g
		s/[0-9.]+ [KM]iB/SIZE/g; s/-{5,}/-----/g; s/ +/ /g; s/ \$//" | grep -v '^$'
}

@test "the first minutes are as README shows them" {
	cd "$BATS_TEST_TMPDIR"
	sed -n "s|^    ||; /^<domain/,/^<\/domain>/p" "$here/../README" | sed "s|/home/me|$PWD|" >vm1.xml
	make_disk vm1.qcow2 1G
	export DOMSH_DEFAULT_CONNECT_URI=$URI
	ran=0
	while IFS= read -r command; do
		echo "$ $command"
		# shellcheck disable=SC2086
		"$DOMSH" ${command#domsh } 2>&1 || true
		ran=$((ran + 1))
	done < <(transcript | sed -n 's/^\$ //p') >printed
	same "$(transcript | normal)" "$(normal <printed)"
	test "$(grep -c '^\$' printed)" -ge 10
	ok D destroy vm1
}
