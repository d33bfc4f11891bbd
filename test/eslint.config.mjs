// Tests and the playground are programs of their own, not node code that n8n runs: the community-node
// rules (no timers, no node: imports, no console) are for what is shipped and do not fit here.
import js from '@eslint/js';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default tseslint.config(globalIgnores(['**/node_modules/', '**/.data/']), {
	files: ['**/*.ts'],
	extends: [js.configs.recommended, tseslint.configs.recommended],
});
