# SPDX-License-Identifier: LGPL-2.1-or-later
# How the shell reads what it is given, and with which status it leaves. The parser itself is in
# tests/unit/test-grammar.c.
# bats file_tags=peer

load helpers

@test "one word is a string of commands, several words are one command" {
	ok D -q 'echo a; echo b c'
	same $'a\nb c' "$output"
	ok D -q echo 'a; echo b' '#c'
	same 'a; echo b #c' "$output"
	ok D -q echo "it's"
	same "it's" "$output"
}

@test "a first word that starts with # is a comment" {
	ok D '#uri' x
	same "" "$output"
	ok D '# uri'
	same "" "$output"
	ok D ''
	same "" "$output"
}

@test "newline and ; separate, quotes and backslashes hold together" {
	ok D -q $'echo one;echo "t w o" # rest\necho thr\\\nee'
	same $'one\nt w o\nthree' "$output"
}

@test "an open quote or a trailing backslash stops everything, and its place is named" {
	capture D "echo ran; echo 'a"
	same 1 "$status"
	same "" "$output"
	has "error: missing ': the quote is never closed (column 16)" "$stderr"
	capture D $'echo ran\necho "a'
	has 'error: missing "' "$stderr"
	has '(line 2, column 6)' "$stderr"
	capture D 'echo ran; echo a\'
	same 1 "$status"
	same "" "$output"
	has 'error: dangling \' "$stderr"
}

@test "an unknown command or option stops the whole string" {
	capture D 'echo ran; nope; echo ran'
	same 1 "$status"
	same "" "$output"
	same "error: unknown command: 'nope' (column 11)" "$stderr"
	capture D 'echo ran; list --nope'
	same "" "$output"
	has "error: command 'list' doesn't support option --nope" "$stderr"
}

@test "near names are suggested" {
	capture D undfine vm1
	same "error: unknown command: 'undfine'; did you mean 'undefine'?" "$stderr"
	capture D list --al
	same "error: command 'list' doesn't support option --al; did you mean '--all'?" "$stderr"
}

@test "data and options: too many, missing, twice, without a value, empty, with =" {
	refused "error: unexpected data 'x'" D list x
	refused "error: command 'undefine' requires <domain> option" D undefine
	refused "error: option --domain already seen" D undefine a --domain b
	refused "error: expected syntax: --domain <string>" D undefine --domain
	refused "error: Failed to get option 'domain': Option argument is empty" D undefine ''
	refused "error: invalid '=' after option --all" D list --all=1
	refused "error: unexpected data '--all'" D list -- --all
	refused "error: unexpected data '-5'" D uri -5
}

@test "options that exclude or need each other" {
	refused "error: Options --nvram and --keep-nvram are mutually exclusive" \
		D undefine vm1 --nvram --keep-nvram
	refused "error: Options --tpm and --keep-tpm are mutually exclusive" \
		D undefine vm1 --keep-tpm --tpm
	refused "error: --descendants requires either --from or --current" \
		D snapshot-list vm1 --descendants
	refused "error: Options --from and --current are mutually exclusive" \
		D snapshot-list vm1 --from a --current
	refused "error: Options --roots and --tree are mutually exclusive" \
		D snapshot-list vm1 --tree --roots
	refused "error: Option --redefine is required by option --current" \
		D snapshot-create vm1 --current
}

@test "a stray word after the domain names no storage (defect 4)" {
	refused "error: failed to get domain 'vm1'" D undefine vm1 vda
}

@test "the status is that of the last command that ran" {
	capture D 'domstate nope; uri'
	same 0 "$status"
	capture D 'uri; domstate nope'
	same 1 "$status"
	capture D 'uri; domstate nope; uri'
	same 0 "$status"
}

@test "--strict stops at the first failure" {
	capture D --strict 'uri; domstate nope; echo ran'
	same 1 "$status"
	has_not ran "$output"
}

@test "an empty line after each command, none with -q" {
	ok D 'echo a; echo b'
	same $'a\nb' "$output"
	ok D 'uri; uri'
	same "$URI"$'\n\n'"$URI" "$output"
	ok D -q 'echo a; echo b'
	same $'a\nb' "$output"
}

@test "commands from a pipe stand alone, line by line, and the session ends with 0" {
	ok bash -c 'printf "echo a\n# b\n\necho c; echo d\n" | "$0" -q' "$DOMSH"
	same $'a\nc\nd' "$output"
	capture bash -c 'printf "echo a\nnope\necho \"b\necho c" | "$0" -q' "$DOMSH"
	same 0 "$status"
	same $'a\nc' "$output"
	has "unknown command: 'nope'" "$stderr"
	has 'missing "' "$stderr"
	ok bash -c 'printf "echo a\nquit\necho b\n" | "$0" -q' "$DOMSH"
	same a "$output"
	capture bash -c 'printf "nope\necho b\n" | "$0" -q --strict' "$DOMSH"
	same 1 "$status"
	same "" "$output"
}

@test "a megabyte of words" {
	long=$(head -c 1000000 /dev/zero | tr '\0' x)
	ok bash -c 'printf "echo %s\n" "$1" | "$0" -q' "$DOMSH" "${long:0:100000}"
	same 100000 "${#output}"
	ok bash -c '{ printf "echo "; head -c 1048576 /dev/zero | tr "\0" x; } | "$0" -q | wc -c' "$DOMSH"
	same 1048577 "$output"
}

@test "bad global options" {
	refused "error: unsupported option '-z'. See --help." "$DOMSH" -z
	refused "error: unsupported option '--nope'. See --help." "$DOMSH" --nope
	refused "error: option '-c' requires an argument" "$DOMSH" -c
	refused "error: option '--connect' requires an argument" "$DOMSH" --connect
	refused "error: option -k requires a positive integer argument" "$DOMSH" -k -1 uri
	refused "error: failed to open the log file" "$DOMSH" -l /nonexistent/x uri
	refused "is not an escape character" "$DOMSH" -e abc uri
}

@test "the environment stands in for -l and -d; a bad value is told and passed over" {
	VIRSH_LOG_FILE=$BATS_TEST_TMPDIR/log ok D uri
	has "run: uri" "$(<"$BATS_TEST_TMPDIR/log")"
	VIRSH_LOG_FILE=$BATS_TEST_TMPDIR/log DOMSH_LOG_FILE=$BATS_TEST_TMPDIR/ours ok D pwd
	has "run: pwd" "$(<"$BATS_TEST_TMPDIR/ours")"
	VIRSH_LOG_FILE=/nonexistent/x VIRSH_DEBUG=9 capture D -q echo a
	same "0 a" "$status $output"
	has "error: ignoring VIRSH_DEBUG: '9' is not a debug level from 0 to 4" "$stderr"
	has "error: ignoring VIRSH_LOG_FILE: cannot open '/nonexistent/x': No such file or directory" "$stderr"
	VIRSH_DEBUG=4 DOMSH_DEBUG='' ok D -q echo a
}

@test "options that are taken for virsh's sake" {
	ok "$DOMSH" -q -d 4 -k 5 -K 5 -e ^a --no-pkttyagent echo a
	same a "$output"
	capture "$DOMSH" -q -d 9 echo a
	same 0 "$status"
	has "ignoring debug level 9" "$stderr"
}

# bats test_tags=own
@test "the URI comes from -c, then the environment" {
	other="qemu:///embed?root=$BATS_TEST_TMPDIR/other"
	ok D -q uri
	same "$URI" "$output"
	LIBVIRT_DEFAULT_URI=nope:///x VIRSH_DEFAULT_CONNECT_URI=nope:///y \
		DOMSH_DEFAULT_CONNECT_URI=$other ok "$DOMSH" -q uri
	same "$other" "$output"
	LIBVIRT_DEFAULT_URI=nope:///x VIRSH_DEFAULT_CONNECT_URI=$other ok "$DOMSH" -q uri
	same "$other" "$output"
	LIBVIRT_DEFAULT_URI=$other ok "$DOMSH" -q uri
	same "$other" "$output"
	capture "$DOMSH" -c nope:///x list
	same 1 "$status"
	has "error: failed to connect to the hypervisor" "$stderr"
}

@test "what needs no connection opens none" {
	ok "$DOMSH" -q -c nope:///x 'echo a; help echo; pwd'
	has a "$output"
}

@test "called virsh it names itself so" {
	ln -s "$(readlink -f "$DOMSH")" "$BATS_TEST_TMPDIR/virsh"
	ok env LD_LIBRARY_PATH="$products" "$BATS_TEST_TMPDIR/virsh" --help
	has "virsh [options]..." "$output"
}

@test "output that cannot be written is a failure" {
	capture bash -c '"$0" echo a >/dev/full' "$DOMSH"
	same 1 "$status"
	has "error: cannot write to standard output: No space left on device" "$stderr"
	capture bash -c '"$0" --version >/dev/full' "$DOMSH"
	same 1 "$status"
	capture bash -c '"$0" help >&-' "$DOMSH"
	same 1 "$status"
	capture bash -c '"$0" help | true; exit ${PIPESTATUS[0]}' "$DOMSH"
	test "$status" = 0 -o "$status" = 1
	same "" "$stderr"
}

@test "closed standard descriptors do no harm" {
	ok bash -c '"$0" -q echo a <&-' "$DOMSH"
	same a "$output"
	capture bash -c '"$0" -q nope 2>&-' "$DOMSH"
	same 1 "$status"
	same "" "$output"
}

@test "errors come after what was printed before" {
	capture bash -c '"$0" -q -c "$1" "echo first; domstate nope; echo last" 2>&1' "$DOMSH" "$URI"
	same first "$(sed -n 1p <<<"$output")"
	same "error: failed to get domain 'nope'" "$(sed -n 2p <<<"$output")"
	same last "$(tail -n 1 <<<"$output")"
}

@test "the log has commands and option names, never values" {
	capture D -l "$BATS_TEST_TMPDIR/log" 'snapshot-create-as secret1 secret2 --description secret3'
	log=$(<"$BATS_TEST_TMPDIR/log")
	has "run: snapshot-create-as" "$log"
	has_not secret2 "$log"
	has_not secret3 "$log"
	same 600 "$(stat -c %a "$BATS_TEST_TMPDIR/log")"
}

@test "files: too large, with NUL, missing, a directory" {
	head -c 10485761 /dev/zero | tr '\0' ' ' >"$BATS_TEST_TMPDIR/big"
	printf '<domain>\0</domain>' >"$BATS_TEST_TMPDIR/nul"
	refused "is larger than 10 MiB" D define "$BATS_TEST_TMPDIR/big"
	refused "contains a NUL byte" D define "$BATS_TEST_TMPDIR/nul"
	refused "error: Failed to open file '/nonexistent': No such file or directory" \
		D define /nonexistent
	refused "Failed to open file" D define /
	refused "is larger than 10 MiB" bash -c '"$0" -c "$1" define - <"$2"' "$DOMSH" "$URI" \
		"$BATS_TEST_TMPDIR/big"
}

@test "cd is for sessions" {
	refused "error: cd: command valid only in interactive mode" D cd /
	ok bash -c 'printf "cd /\npwd\n" | "$0" -q' "$DOMSH"
	same / "$output"
}
