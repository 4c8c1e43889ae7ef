# SPDX-License-Identifier: LGPL-2.1-or-later
# The transcript in README is what is really printed, but for times, sizes and places.

load helpers

# transcript CHAPTER: its indented lines from the first command on.
transcript()
{
	sed -n "/^$1\$/,/^Coming from\|^Completion\$/p" "$here/../README" |
		sed -n '/^    \$ domsh/,$p' | sed -n 's/^    //p; s/^$//p'
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
	done < <(transcript 'The first minutes' | sed -n 's/^\$ //p') >printed
	same "$(transcript 'The first minutes' | normal)" "$(normal <printed)"
	test "$(grep -c '^\$' printed)" -ge 10
	ok D destroy vm1
}

@test "JSON is scripted as README shows it" {
	cd "$BATS_TEST_TMPDIR"
	sed -n "s|^    ||; /^<domain/,/^<\/domain>/p" "$here/../README" | sed "s|/home/me|$PWD|" >vm1.xml
	make_disk vm1.qcow2 1G
	export DOMSH_DEFAULT_CONNECT_URI=$URI
	ok D 'define vm1.xml; snapshot-create-as vm1 base'
	domsh() { "$DOMSH" "$@"; }
	while IFS= read -r command; do
		echo "$ $command"
		eval "$command"
	done < <(transcript 'Scripting with JSON' | sed -n 's/^\$ //p') >printed
	same "$(transcript 'Scripting with JSON' | normal)" "$(normal <printed)"
	test "$(grep -c '^\$' printed)" -ge 5
}

@test "what README says of completion and installation is there" {
	for file in completions/domsh completions/_domsh completions/domsh.fish tests/bootstrap; do
		is_there "$here/../$file"
	done
	for target in install uninstall bench demo check; do
		grep -Eq "^([a-z ]* )?$target( [a-z ]*)?:" "$here/../Makefile"
	done
	# Every command that it names is one.
	for name in undefine trash-list trash-restore trash-empty protect await doctor define; do
		ok "$DOMSH" help "$name"
	done
}
