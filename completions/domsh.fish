# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of domsh in fish. What can be typed is asked of the program itself; fish quotes.

# The words up to the cursor without quotes; one that is a $NAME has its value. Nothing is run.
function __domsh_candidates
	set -l words (commandline -opc)
	set -l program $words[1]
	set -l typed
	for word in $words[2..-1]
		if set -l name (string replace -rf '^\$(\w+)$' '$1' -- $word); and set -q $name
			set -a typed "$$name"
		else
			set -a typed $word
		end
	end
	set -a typed (string unescape -- (commandline -ct) 2>/dev/null; or commandline -ct)
	$program -q complete -- $typed 2>/dev/null </dev/null
end

complete -c domsh -f -a '(__domsh_candidates)'
