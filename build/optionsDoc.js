/**
 * Renders docs/options.md: every operation, field and option with the words that the editor shows, taken from the
 * node's own description.
 */
const { join } = require('node:path');
const { writeFile } = require('node:fs/promises');

const OUTPUT = join(__dirname, '../docs/options.md');

/** A longer list of choices is for the editor, where it can be searched. */
const MOST_CHOICES = 12;

/** Main fields that hold fields of their own. */
const WITH_FIELDS = ['dtmf', 'approvalOptions'];

const INTRODUCTION = `# Every field and option

Made from the node's own descriptions by \`npm run docs:options\`: these are the words of the editor. A field that an
operation does not have is not shown there. An option that you do not add is as if it had its default, unless its group
has to be added to have an effect: Call Only Once, Calling Hours, and the limits.`;

/**
 * @param description of the node, as n8n loads it
 * @param credentialType of the node, as n8n loads it
 * @returns the page, as Markdown
 */
function renderOptions(description, credentialType) {
	const { properties } = description;
	const operations = operationsOf(properties);
	const sections = new Map();
	for (const property of properties) {
		const values = property.displayOptions?.show?.operation;
		if (!values || property.type === 'hidden') continue;
		for (const { section, field } of fieldsOf(property)) {
			if (!sections.has(section)) sections.set(section, new Map());
			const row = [
				`**${escape(field.displayName)}**`,
				defaultOf(field),
				explanationOf(field, properties),
			];
			// A field of several operations is one row.
			const rows = sections.get(section);
			const key = row.join('\n');
			const used = rows.get(key)?.used ?? new Set();
			// A field of a group can leave operations out that the group has.
			const without = field.displayOptions?.hide?.['/operation'] ?? [];
			for (const value of values) if (!without.includes(value)) used.add(value);
			rows.set(key, { row, used });
		}
	}
	const usedBy = (used) =>
		used.size === operations.length
			? 'all'
			: operations.flatMap(({ name, value }) => (used.has(value) ? name : [])).join(', ');
	return [
		INTRODUCTION,
		`## Operations\n\n${table(
			['Operation', 'What it does'],
			operations.map(({ name, description: does, isForTools }) => [
				`**${name}**`,
				sentence(does) + (isForTools ? ' Only where an AI agent uses the node.' : ''),
			]),
		)}`,
		...[...sections].map(([title, rows]) => `## ${title}\n\n${fields([...rows.values()], usedBy)}`),
		`## Credential: ${credentialType.displayName}\n\n${table(
			['Field', 'Default', 'What it is for'],
			credentialType.properties.map((field) => [
				`**${field.displayName}**`,
				defaultOf(field),
				explanationOf(field, credentialType.properties),
			]),
		)}`,
	]
		.join('\n\n')
		.concat('\n');
}

/** A table of fields. What is the same for all of them stands above it. */
function fields(rows, usedBy) {
	const operations = rows.map(({ used }) => usedBy(used));
	if (operations.every((each) => each === operations[0])) {
		return `For ${operations[0]}.\n\n${table(
			['Field', 'Default', 'What it is for'],
			rows.map(({ row }) => row),
		)}`;
	}
	return table(
		['Field', 'Operations', 'Default', 'What it is for'],
		rows.map(({ row: [name, ...rest] }, index) => [name, operations[index], ...rest]),
	);
}

/** In the editor's order, then what only tools have. */
function operationsOf(properties) {
	const [usual, ofTools] = properties.filter(({ name }) => name === 'operation');
	const isUsual = ({ value }) => usual.options.some((option) => option.value === value);
	const forTools = ofTools.options.filter((option) => !isUsual(option));
	return [...usual.options, ...forTools.map((option) => ({ ...option, isForTools: true }))];
}

/** The fields that a property shows, each with the section in which it stands. */
function fieldsOf(property) {
	const { name, displayName, options } = property;
	if (name === 'options') {
		return options.flatMap((option) =>
			option.type === 'fixedCollection'
				? option.options[0].values.map((field) => ({
						section: `Options: ${option.displayName}`,
						field,
					}))
				: { section: 'Options: without a group', field: option },
		);
	}
	const own = { section: 'Main fields', field: property };
	if (!WITH_FIELDS.includes(name)) return [own];
	const inner = property.type === 'fixedCollection' ? options[0].values : options;
	return [own, ...inner.map((field) => ({ section: `In ${displayName}`, field }))];
}

/** What the editor says of a field: its description and hint, its choices, and when it is there. */
function explanationOf(field, properties) {
	return [
		...[field.description, field.hint].filter(Boolean).map((text) => sentence(escape(text))),
		...choicesOf(field).map(({ name, description }) =>
			description ? `_${escape(name)}_: ${sentence(escape(description))}` : `_${escape(name)}_`,
		),
		...conditionsOf(field, properties),
	].join('<br>');
}

function choicesOf({ type, options = [] }) {
	return type === 'options' && options.length < MOST_CHOICES ? options : [];
}

const nameOf = ({ options = [] }, value) =>
	options.find((option) => option.value === value)?.name ?? String(value);

function defaultOf(field) {
	const { name, type, default: usual } = field;
	if (type === 'boolean') return usual ? 'on' : 'off';
	if (type === 'multiOptions') return usual.map((value) => nameOf(field, value)).join(', ');
	if (type === 'options') return escape(nameOf(field, usual));
	if (name === 'dtmf') return (usual.entries ?? []).map(({ key }) => `key ${key}`).join(', ');
	return usual === '' || typeof usual === 'object' ? '' : `\`${usual}\``;
}

/** When a field is there, beside its operations. */
function conditionsOf({ displayOptions: { show = {}, hide = {} } = {} }, properties) {
	const said = (conditions, isShown) =>
		Object.entries(conditions).flatMap(([name, values]) => {
			if (name === 'operation' || name === '/operation') return [];
			if (name === '@tool') {
				return isShown ? 'Only where an AI agent uses the node.' : 'Not where an AI agent uses it.';
			}
			const other = properties.find((property) => property.name === name);
			const names = values.map((value) => `_${escape(nameOf(other, value))}_`).join(' or ');
			return `${isShown ? 'There' : 'Not there'} while **${other.displayName}** is ${names}.`;
		});
	return [...said(show, true), ...said(hide, false)];
}

/** Characters that Markdown would take for its own. */
const escape = (text) => text.replace(/[*|<_]/g, '\\$&');

const sentence = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);

const table = (head, rows) =>
	[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The gulp task; the node has to be built before. */
async function optionsDoc() {
	const { Voice2Phone } = require('../dist/nodes/Voice2Phone/Voice2Phone.node');
	const { Voice2PhoneApi } = require('../dist/credentials/Voice2PhoneApi.credentials');
	await writeFile(OUTPUT, renderOptions(new Voice2Phone().description, new Voice2PhoneApi()));
}

module.exports = { OUTPUT, optionsDoc, renderOptions };
