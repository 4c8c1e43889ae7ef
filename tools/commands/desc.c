/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands on what people and programs note about a domain. */
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/editor.h"
#include "commands/impact.h"
#include "output/errors.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

/* Both of a pair to be read: what is live counts. */
static unsigned read_impact(unsigned impact)
{
	return impact & VIR_DOMAIN_AFFECT_LIVE ? VIR_DOMAIN_AFFECT_LIVE : impact;
}

/* ---- desc --------------------------------------------------------------------------------- */

struct desc_args {
	struct domain_target domain;
	unsigned impact, current, title, edit;
	struct word_list words;
};

static const struct option desc_options[] = {
	DOMAIN_AT(desc_args),
	IMPACT(desc_args),
	{ .name = "title", BIT_AT(desc_args, title, 1),
	  .summary = "the title instead of the description" },
	{ .name = "edit", BIT_AT(desc_args, edit, 1), .summary = "open an editor on it" },
	{ .name = "new-desc", VALUE_AT(OPTION_REST, desc_args, words),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK,
	  .summary = "the new text; several words are joined; '' removes it" },
	{ .name = NULL },
};

static int desc_type(const struct desc_args *a)
{
	return a->title ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
}

/* "" when there is none. NULL: with the last error. */
static char *desc_fetch(const void *data)
{
	const struct desc_args *a = data;
	char *text = virDomainGetMetadata(a->domain.domain, desc_type(a), NULL,
					  read_impact(a->impact));
	virErrorPtr err = text ? NULL : virGetLastError();

	if (text || !err || err->code != VIR_ERR_NO_DOMAIN_METADATA)
		return text;
	virResetLastError();
	return mem_copy("");
}

/* An editor ends its last line; a title is none of several lines. */
static bool desc_store(const void *data, const char *text, bool ignores_validation)
{
	const struct desc_args *a = data;
	auto_free char *trimmed = mem_copy(text);
	size_t length = strlen(trimmed);

	(void)ignores_validation;
	while (a->edit && length > 0 && trimmed[length - 1] == '\n')
		trimmed[--length] = '\0';
	return virDomainSetMetadata(a->domain.domain, desc_type(a), trimmed, NULL, NULL,
				    a->impact) == 0;
}

static bool show_desc(struct shell *sh, const struct desc_args *a)
{
	const char *word = a->title ? "title" : "description";
	auto_free char *text = desc_fetch(a);

	if (!text)
		return fail_call(sh, "Failed to get the %s of domain '%s'", word, a->domain.word);
	if (sh->settings.json)
		render_value(sh, "domain", virDomainGetName(a->domain.domain), word,
			     *text ? value_text(text) : value_none(""));
	else if (*text)
		render_document(sh, NULL, NULL, word, text);
	else
		say(sh, "No %s for domain: %s", word, virDomainGetName(a->domain.domain));
	return true;
}

static bool edit_desc(struct shell *sh, const struct desc_args *a)
{
	const char *name = virDomainGetName(a->domain.domain);
	const char *word = a->title ? "title" : "description";
	auto_free char *label = mem_format("the %s of domain '%s'", word, name);
	struct subject s = { label, a, desc_fetch, desc_store };
	enum edited result = edit_subject(sh, &s);

	if (result != EDITED_FAILED)
		outcome(sh, name, NULL, result == EDITED ? "Domain %s updated successfully"
							 : "Domain %s not changed", word);
	return result != EDITED_FAILED;
}

static bool run_desc(struct shell *sh, const void *args)
{
	const struct desc_args *a = args;
	const char *word = a->title ? "title" : "description";

	if (a->edit && a->words.count)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"--edit and a new text exclude each other");
	if (a->edit)
		return edit_desc(sh, a);
	if (!a->words.count)
		return show_desc(sh, a);
	auto_free char *text = mem_join(a->words.items, a->words.count);
	if (!desc_store(a, text, false))
		return fail_call(sh, "Failed to set new domain %s", word);
	outcome(sh, virDomainGetName(a->domain.domain), NULL, "Domain %s updated successfully",
		word);
	return true;
}

const struct command command_desc = {
	.name = "desc",
	.summary = "show or set the description or the title of a domain",
	.about = "Without a text it prints the description, or with --title the title, a line that "
		 "'list --title' shows; with a text it sets it. --live and --config together set "
		 "both.",
	.options = desc_options,
	.args_size = sizeof(struct desc_args),
	.run = run_desc,
};

/* ---- metadata ----------------------------------------------------------------------------- */

struct metadata_args {
	struct domain_target domain;
	const char *uri, *key, *set;
	unsigned impact, current, edit, remove;
};

static const struct option metadata_options[] = {
	DOMAIN_AT(metadata_args),
	{ .name = "uri", VALUE_AT(OPTION_STRING, metadata_args, uri),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "the namespace of the element" },
	IMPACT(metadata_args),
	{ .name = "edit", BIT_AT(metadata_args, edit, 1), .excludes = 4, .needs = "key",
	  .summary = "open an editor on it" },
	{ .name = "key", VALUE_AT(OPTION_STRING, metadata_args, key),
	  .summary = "prefix of the namespace, to set or to edit" },
	{ .name = "set", VALUE_AT(OPTION_STRING, metadata_args, set), .excludes = 4, .needs = "key",
	  .summary = "the new element" },
	{ .name = "remove", BIT_AT(metadata_args, remove, 1), .excludes = 4,
	  .summary = "remove the element" },
	{ .name = NULL },
};

static char *metadata_fetch(const void *data)
{
	const struct metadata_args *a = data;
	char *text = virDomainGetMetadata(a->domain.domain, VIR_DOMAIN_METADATA_ELEMENT, a->uri,
					  read_impact(a->impact));
	virErrorPtr err = text ? NULL : virGetLastError();

	/* To be edited there need be none. */
	if (text || !a->edit || !err || err->code != VIR_ERR_NO_DOMAIN_METADATA)
		return text;
	virResetLastError();
	return mem_copy("\n");
}

static bool metadata_store(const void *data, const char *text, bool ignores_validation)
{
	const struct metadata_args *a = data;

	(void)ignores_validation;
	return virDomainSetMetadata(a->domain.domain, VIR_DOMAIN_METADATA_ELEMENT, text,
				    text ? a->key : NULL, a->uri, a->impact) == 0;
}

static bool edit_metadata(struct shell *sh, const struct metadata_args *a)
{
	const char *name = virDomainGetName(a->domain.domain);
	auto_free char *label = mem_format("the metadata of domain '%s'", name);
	struct subject s = { label, a, metadata_fetch, metadata_store };
	enum edited result = edit_subject(sh, &s);

	if (result != EDITED_FAILED)
		outcome(sh, name, NULL, result == EDITED ? "Metadata modified"
							 : "Metadata not changed");
	return result != EDITED_FAILED;
}

static bool run_metadata(struct shell *sh, const void *args)
{
	const struct metadata_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (a->edit)
		return edit_metadata(sh, a);
	if (a->set || a->remove) {
		if (!metadata_store(a, a->set, false))
			return fail_library(sh);
		outcome(sh, name, NULL, a->set ? "Metadata modified" : "Metadata removed");
		return true;
	}
	auto_free char *text = metadata_fetch(a);
	if (!text)
		return fail_library(sh);
	render_document(sh, "domain", name, "metadata", text);
	return true;
}

const struct command command_metadata = {
	.name = "metadata",
	.summary = "show or set XML that a program keeps with a domain",
	.about = "Prints the element of a namespace that some program has left in the domain's "
		 "configuration. --set replaces it, --edit opens an editor, --remove removes it; "
		 "--key is the prefix under which it is stored.",
	.options = metadata_options,
	.args_size = sizeof(struct metadata_args),
	.run = run_metadata,
};
