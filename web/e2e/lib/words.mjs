export const note = `# Trip to Rome
Four days in May. **Ada** books, *Bob* cooks.

## Before we go
- [x] flights, both ways
- [ ] a room near [the Trevi fountain](https://example.org/trevi)
- [ ] who takes the \`camera\`?

> Bring the good shoes.

1. Friday: arrive, eat
2. Saturday: walk
`
