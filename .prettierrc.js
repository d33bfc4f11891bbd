module.exports = {
	trailingComma: 'all',
	useTabs: true,
	singleQuote: true,
	printWidth: 100,
	overrides: [{ files: ['*.yml', '*.md'], options: { useTabs: false } }],
};
