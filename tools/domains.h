/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The domains that words name. A word is an id, else a uuid, else a name; only when there is no
 * such domain, and where several may be named, it is a pattern of names. A pattern means those
 * that the command can act on: the same that Tab offers.
 */
#include "command.h"
#include "shell.h"

/* By id, else uuid, else name; NULL with the library's last error. */
virDomainPtr domain_by_word(virConnectPtr conn, const char *word);

/* Look up at->word. absence_ok: that there is none is no failure. Else false, and it was told. */
bool domain_find(struct shell *sh, struct domain_target *at, bool absence_ok);
/* All that words name, in the order of the words and, of a pattern, of their names. filter:
 * virConnectListAllDomainsFlags for what patterns mean. On failure, which was told, the list may
 * hold some; in both cases domains_release() it. */
bool domains_find(struct shell *sh, const struct word_list *words, unsigned filter,
		  bool absence_ok, struct domain_list *list);
void domains_release(struct domain_list *list);
