// Verify a tlog-proof@v1 with the reference libraries of the Go checksum database.
// Usage: main PROOF ENTRY VKEY. Exits with 0 if the entry is in the log that the key signed.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(reason interface{}) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	entry, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	head, checkpoint, found := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("no proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		fail(err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			fail(err)
		}
		proof = append(proof, hash)
	}
	verifier, err := note.NewVerifier(os.Args[3])
	if err != nil {
		fail(err)
	}
	opened, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		fail(err)
	}
	text := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(text[1], 10, 64)
	if err != nil {
		fail(err)
	}
	root, err := base64.StdEncoding.DecodeString(text[2])
	if err != nil {
		fail(err)
	}
	var hash tlog.Hash
	copy(hash[:], root)
	if err := tlog.CheckRecord(proof, size, hash, index, tlog.RecordHash(entry)); err != nil {
		fail(err)
	}
}
