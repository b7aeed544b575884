// The house rules of the user interface that a linter can hold.
import pluginVue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig([
  { ignores: ['node_modules/**', 'src/api/schema.d.ts'] },
  tseslint.configs.recommended,
  pluginVue.configs['flat/recommended'],
  {
    files: ['src/**/*.{ts,vue}'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
    rules: {
      'no-undef': 'off', // the compiler knows the names of the browser
      '@typescript-eslint/no-explicit-any': 'error',
      complexity: ['error', 10],
      'max-params': ['error', 5],
      'max-lines': ['error', { max: 200, skipBlankLines: true }],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Only src/api/ talks HTTP.' }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/multi-word-component-names': 'off', // views are named by the noun they show
      'vue/max-attributes-per-line': 'off', // layout of templates is left to the reader's eye
      'vue/multiline-html-element-content-newline': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off', // optional props are undefined on purpose
    },
  },
  { files: ['src/api/**'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['src/texts/**'], rules: { 'max-lines': 'off' } },
])
