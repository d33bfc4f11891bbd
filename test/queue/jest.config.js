/** @type {import('jest').Config} */
module.exports = { ...require('../e2e/jest.config.js'), roots: ['<rootDir>/test/queue'] };
