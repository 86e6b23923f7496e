      *> Scores a small log as a legacy program keeps it: ids of a fixed
      *> width, packed amounts, a table of records. Fixed format.
      *>
      *>   cobc -x -fstatic-call -I $PREFIX/share/engagement \
      *>       client.cob -o client -L$PREFIX/lib -lengagement
       IDENTIFICATION DIVISION.
       PROGRAM-ID. CLIENT.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       COPY "engagement.cpy".

      *> Id, time in UTC, kind, amount in cents or blank, rating or
      *> blank.
       01  LOG-TEXT.
           05 PIC X(45) VALUE
               "C0001   2026-01-05 10:00purchase    0004990  ".
           05 PIC X(45) VALUE
               "C0001   2026-02-11 15:30purchase    0012000  ".
           05 PIC X(45) VALUE
               "C0001   2026-02-20 09:00review             5 ".
           05 PIC X(45) VALUE
               "C0001   2026-03-01 12:00purchase    0003550  ".
           05 PIC X(45) VALUE
               "C0002   2026-01-20 11:15purchase    0001999  ".
           05 PIC X(45) VALUE
               "C0002   2026-02-02 16:45refund      0001999  ".
           05 PIC X(45) VALUE
               "C0002   2026-02-03 08:30complaint            ".
           05 PIC X(45) VALUE
               "C0003   2026-02-15 18:00visit                ".
           05 PIC X(45) VALUE
               "C0003   2026-02-28 18:20visit                ".
           05 PIC X(45) VALUE
               "C0004   2025-06-30 13:00purchase    0025000  ".
           05 PIC X(45) VALUE
               "C0004   2025-07-04 10:10survey             9 ".
           05 PIC X(45) VALUE
               "C0004   2026-03-05 14:40purchase    0008000  ".
       01  LOG-LINES REDEFINES LOG-TEXT.
           05 LOG-LINE OCCURS 12 TIMES.
              10 IN-ID          PIC X(8).
              10 IN-TIME        PIC X(16).
              10 IN-KIND        PIC X(12).
              10 IN-CENTS       PIC 9(5)V99.
              10 IN-CENTS-TEXT REDEFINES IN-CENTS PIC X(7).
              10 IN-RATING      PIC 9.
              10 IN-RATING-TEXT REDEFINES IN-RATING PIC X.
              10 FILLER         PIC X.

      *> A rulebook with models that were fitted elsewhere, as JSON:
      *> blanks between its parts do no harm.
       01  RULES-TEXT.
           05 PIC X(54) VALUE
               '{"version":1,"name":"shop","levels":{'.
           05 PIC X(54) VALUE
               '"fully_engaged":60,"engaged":30,"not_engaged":0},'.
           05 PIC X(54) VALUE
               '"spend":{"half_score":200,"weight":1},'.
           05 PIC X(54) VALUE
               '"forecast":{"unit":"week",'.
           05 PIC X(54) VALUE
               '"horizon":39.0,"discount_rate":0.1,"margin":0.3,'.
           05 PIC X(54) VALUE
               '"purchases":{"model":"mbg-nbd","r":0.525,'.
           05 PIC X(54) VALUE
               '"alpha":6.183,"a":0.891,"b":1.614},'.
           05 PIC X(54) VALUE
               '"spend":{"p":6.25,"q":3.74,"v":15.44}},"rule":[{'.
           05 PIC X(54) VALUE
               '"name":"purchases","way":"spend","kind":"purchase",'.
           05 PIC X(54) VALUE
               '"per_amount":1.0,"half_life":"180d"}]}'.

      *> The records as the program works with them. The amount is
      *> packed; beside it, what the library takes: millionths in 8
      *> bytes, and a byte that says whether there is an amount.
       01  RECORD-TABLE.
           05 REC OCCURS 12 TIMES.
              10 REC-ID         PIC X(8).
              10 REC-KIND       PIC X(12).
              10 REC-AMOUNT     PIC S9(7)V99 COMP-3.
              10 REC-HAS-AMOUNT PIC X.
              10 REC-MICROS     PIC S9(18) COMP-5.
              10 REC-HAS-RATING PIC X.
              10 REC-RATING     PIC S9(18) COMP-5.
              10 REC-AT         PIC S9(18) COMP-5.

       01  LEDGER               POINTER VALUE NULL.
       01  BATCH                POINTER VALUE NULL.
       01  RULEBOOK             POINTER VALUE NULL.
       01  CARD                 POINTER VALUE NULL.
       01  SCORES               POINTER VALUE NULL.
       01  NULL-PTR             POINTER VALUE NULL.

      *> The columns of the result.
       01  RESULT.
           05 KEY-TABLE.
              10 RES-KEY        PIC X(8) OCCURS 100 TIMES.
           05 VALUE-TABLE.
              10 RES-COLUMN OCCURS 4 TIMES.
                 15 RES-VALUE   COMP-2 OCCURS 100 TIMES.
           05 VALID-TABLE.
              10 RES-VALIDS OCCURS 4 TIMES.
                 15 RES-VALID   PIC X OCCURS 100 TIMES.
           05 LEVEL-TABLE.
              10 RES-LEVEL      PIC S9(9) COMP-5 OCCURS 100 TIMES.

       01  RC                   PIC S9(9) COMP-5.
       01  COLUMN-NUMBER        PIC S9(9) COMP-5.
       01  AS-OF                PIC S9(18) COMP-5.
       01  ROW-COUNT            PIC S9(18) COMP-5 VALUE 12.
       01  STRIDE               PIC S9(18) COMP-5.
       01  WIDTH-8              PIC S9(18) COMP-5 VALUE 8.
       01  WIDTH-12             PIC S9(18) COMP-5 VALUE 12.
       01  TIME-LEN             PIC S9(18) COMP-5 VALUE 16.
       01  DATE-LEN             PIC S9(18) COMP-5 VALUE 10.
       01  ID-LEN               PIC S9(18) COMP-5 VALUE 5.
       01  NO-LEN               PIC S9(18) COMP-5 VALUE 0.
       01  FIRST-ROW            PIC S9(18) COMP-5 VALUE 0.
       01  RESULT-ROWS          PIC S9(18) COMP-5.
       01  LATER                PIC S9(18) COMP-5.
       01  NEEDED               PIC S9(18) COMP-5.
       01  BUFFER-SIZE          PIC S9(18) COMP-5 VALUE 256.
       01  BUFFER               PIC X(256).
       01  N1                   PIC S9(18) COMP-5.
       01  N2                   PIC S9(18) COMP-5.
       01  N3                   PIC S9(18) COMP-5.
       01  N4                   PIC S9(18) COMP-5.
       01  N5                   PIC S9(18) COMP-5.
       01  N6                   PIC S9(18) COMP-5.
       01  POINTS               COMP-2.
       01  ALIVE                COMP-2.
       01  EXPECTED             COMP-2.
       01  ORDER-VALUE          COMP-2.
       01  LIFETIME-VALUE       PIC S9(18) COMP-5.
       01  VALUE-SAY            PIC S9(18) COMP-5.
       01  VALUE-STAY           PIC S9(18) COMP-5.
       01  VALUE-SPEND          PIC S9(18) COMP-5.
       01  PRESENT-BITS         PIC S9(9) COMP-5.
       01  RULES-LEN            PIC S9(18) COMP-5.
       01  LABEL-TEXT           PIC X(24).
       01  AMOUNT               PIC S9(18) COMP-5.
       01  I                    PIC S9(9) COMP-5.
       01  WHICH                PIC S9(9) COMP-5.
       01  J                    PIC S9(18) COMP-5.
       01  EDITED               PIC ----9.9999.
       01  NUMBER-TEXT          PIC Z(17)9.
       01  OUT-LINE             PIC X(132).
       01  OUT-AT               PIC S9(9) COMP-5.

       PROCEDURE DIVISION.
       MAIN-PROGRAM.
           PERFORM FILL-RECORDS
           PERFORM LOAD-RECORDS
           CALL "eng_parse_as_of" USING
               BY REFERENCE "2026-03-31"
               BY VALUE SIZE AUTO DATE-LEN
               BY VALUE NULL-PTR
               BY VALUE SIZE AUTO NO-LEN
               BY REFERENCE AS-OF
               RETURNING RC
           PERFORM CHECK
           CALL "eng_format_time" USING
               BY VALUE SIZE AUTO AS-OF
               BY REFERENCE BUFFER
               BY VALUE SIZE AUTO BUFFER-SIZE
               BY REFERENCE NEEDED
               RETURNING RC
           PERFORM CHECK
           COMPUTE NEEDED = NEEDED - 1
           DISPLAY "as of " BUFFER(1:NEEDED)
           CALL "eng_rulebook_new" USING BY REFERENCE RULEBOOK
               RETURNING RC
           PERFORM CHECK
           CALL "eng_rulebook_standard" USING BY VALUE RULEBOOK
               RETURNING RC
           PERFORM CHECK
           PERFORM PRINT-ALL
           PERFORM PRINT-ONE
           PERFORM PRINT-FORECAST
           CALL "eng_rulebook_free" USING BY VALUE RULEBOOK
               RETURNING RC
           PERFORM CHECK
           CALL "eng_ledger_free" USING BY VALUE LEDGER
               RETURNING RC
           PERFORM CHECK
           STOP RUN.

       FILL-RECORDS.
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > 12
               MOVE IN-ID(I) TO REC-ID(I)
               MOVE IN-KIND(I) TO REC-KIND(I)
               MOVE X"00" TO REC-HAS-AMOUNT(I) REC-HAS-RATING(I)
               MOVE 0 TO REC-AMOUNT(I) REC-MICROS(I) REC-RATING(I)
               IF IN-CENTS-TEXT(I) NOT = SPACES
                   MOVE IN-CENTS(I) TO REC-AMOUNT(I)
                   COMPUTE REC-MICROS(I) = REC-AMOUNT(I) * 1000000
                   MOVE X"01" TO REC-HAS-AMOUNT(I)
               END-IF
               IF IN-RATING-TEXT(I) NOT = SPACE
                   MOVE IN-RATING(I) TO REC-RATING(I)
                   MOVE X"01" TO REC-HAS-RATING(I)
               END-IF
               CALL "eng_parse_time" USING
                   BY REFERENCE IN-TIME(I)
                   BY VALUE SIZE AUTO TIME-LEN
                   BY VALUE NULL-PTR
                   BY VALUE SIZE AUTO NO-LEN
                   BY REFERENCE REC-AT(I)
                   RETURNING RC
               PERFORM CHECK
           END-PERFORM.

      *> The fields of the first record and the distance to the next
      *> one tell the library where all of them are.
       LOAD-RECORDS.
           COMPUTE STRIDE = FUNCTION LENGTH(REC(1))
           CALL "eng_ledger_new" USING BY REFERENCE LEDGER
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_new" USING BY REFERENCE BATCH
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_fixed_column" USING
               BY VALUE BATCH
               BY VALUE SIZE AUTO ENG-FIELD-CUSTOMER
               BY REFERENCE REC-ID(1)
               BY VALUE SIZE AUTO WIDTH-8
               BY VALUE SIZE AUTO STRIDE
               BY VALUE NULL-PTR
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_fixed_column" USING
               BY VALUE BATCH
               BY VALUE SIZE AUTO ENG-FIELD-KIND
               BY REFERENCE REC-KIND(1)
               BY VALUE SIZE AUTO WIDTH-12
               BY VALUE SIZE AUTO STRIDE
               BY VALUE NULL-PTR
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_int64_column" USING
               BY VALUE BATCH
               BY VALUE SIZE AUTO ENG-FIELD-AT
               BY REFERENCE REC-AT(1)
               BY VALUE SIZE AUTO STRIDE
               BY VALUE NULL-PTR
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_int64_column" USING
               BY VALUE BATCH
               BY VALUE SIZE AUTO ENG-FIELD-AMOUNT
               BY REFERENCE REC-MICROS(1)
               BY VALUE SIZE AUTO STRIDE
               BY REFERENCE REC-HAS-AMOUNT(1)
               RETURNING RC
           PERFORM CHECK
           CALL "eng_batch_int64_column" USING
               BY VALUE BATCH
               BY VALUE SIZE AUTO ENG-FIELD-RATING
               BY REFERENCE REC-RATING(1)
               BY VALUE SIZE AUTO STRIDE
               BY REFERENCE REC-HAS-RATING(1)
               RETURNING RC
           PERFORM CHECK
           CALL "eng_ledger_load" USING
               BY VALUE LEDGER
               BY VALUE BATCH
               BY VALUE SIZE AUTO ROW-COUNT
               BY VALUE NULL-PTR
               RETURNING RC
           IF RC NOT = ENG-OK
               CALL "eng_ledger_error" USING
                   BY VALUE LEDGER
                   BY REFERENCE BUFFER
                   BY VALUE SIZE AUTO BUFFER-SIZE
                   BY REFERENCE NEEDED
               COMPUTE NEEDED = NEEDED - 1
               DISPLAY BUFFER(1:NEEDED) UPON STDERR
           END-IF
           PERFORM CHECK
           CALL "eng_batch_free" USING BY VALUE BATCH
               RETURNING RC
           PERFORM CHECK
           CALL "eng_ledger_totals" USING
               BY VALUE LEDGER
               BY REFERENCE N1 N2 N3 N4 N5
               RETURNING RC
           PERFORM CHECK
           MOVE SPACES TO OUT-LINE
           MOVE 1 TO OUT-AT
           MOVE N1 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " rows = "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N2 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " recorded + "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N3 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " duplicates + "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N4 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " folded + "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N5 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " rejected"
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           DISPLAY FUNCTION TRIM(OUT-LINE TRAILING).

       PRINT-ALL.
           CALL "eng_scores_new" USING BY REFERENCE SCORES
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scores_score" USING
               BY VALUE SCORES
               BY VALUE LEDGER
               BY VALUE RULEBOOK
               BY VALUE SIZE AUTO AS-OF
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scores_count" USING
               BY VALUE SCORES
               BY REFERENCE RESULT-ROWS LATER
               RETURNING RC
           PERFORM CHECK
           IF RESULT-ROWS > 100
               DISPLAY "more customers than the table holds"
                   UPON STDERR
               MOVE 1 TO RETURN-CODE
               STOP RUN
           END-IF
           CALL "eng_scores_key_column" USING
               BY VALUE SCORES
               BY VALUE SIZE AUTO FIRST-ROW
               BY VALUE SIZE AUTO RESULT-ROWS
               BY VALUE SIZE AUTO WIDTH-8
               BY REFERENCE KEY-TABLE
               RETURNING RC
           PERFORM CHECK
           PERFORM VARYING WHICH FROM 1 BY 1 UNTIL WHICH > 4
               COMPUTE COLUMN-NUMBER = ENG-COLUMN-ENGAGEMENT + WHICH - 1
               CALL "eng_scores_double_column" USING
                   BY VALUE SCORES
                   BY VALUE SIZE AUTO COLUMN-NUMBER
                   BY VALUE SIZE AUTO FIRST-ROW
                   BY VALUE SIZE AUTO RESULT-ROWS
                   BY REFERENCE RES-VALUE(WHICH, 1)
                   BY REFERENCE RES-VALID(WHICH, 1)
                   RETURNING RC
               PERFORM CHECK
           END-PERFORM
           CALL "eng_scores_level_column" USING
               BY VALUE SCORES
               BY VALUE SIZE AUTO FIRST-ROW
               BY VALUE SIZE AUTO RESULT-ROWS
               BY REFERENCE LEVEL-TABLE
               RETURNING RC
           PERFORM CHECK
           DISPLAY "customer engagement        say       stay"
               "      spend level"
           PERFORM VARYING I FROM 1 BY 1 UNTIL I > RESULT-ROWS
               MOVE SPACES TO OUT-LINE
               MOVE RES-KEY(I) TO OUT-LINE(1:8)
               PERFORM VARYING WHICH FROM 1 BY 1 UNTIL WHICH > 4
                   COMPUTE OUT-AT = 10 + (WHICH - 1) * 11
                   IF RES-VALID(WHICH, I) = X"01"
                       COMPUTE EDITED ROUNDED = RES-VALUE(WHICH, I)
                       MOVE EDITED TO OUT-LINE(OUT-AT:10)
                   ELSE
                       MOVE "         -" TO OUT-LINE(OUT-AT:10)
                   END-IF
               END-PERFORM
               CALL "eng_level_text" USING
                   BY VALUE SIZE AUTO RES-LEVEL(I)
                   BY REFERENCE BUFFER
                   BY VALUE SIZE AUTO BUFFER-SIZE
                   BY REFERENCE NEEDED
                   RETURNING RC
               PERFORM CHECK
               COMPUTE NEEDED = NEEDED - 1
               MOVE BUFFER(1:NEEDED) TO OUT-LINE(54:)
               DISPLAY FUNCTION TRIM(OUT-LINE TRAILING)
           END-PERFORM
           CALL "eng_scores_levels" USING
               BY VALUE SCORES
               BY REFERENCE N1 N2 N3 N4 N5 N6
               RETURNING RC
           PERFORM CHECK
           MOVE SPACES TO OUT-LINE
           MOVE 1 TO OUT-AT
           MOVE N1 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " fully engaged, "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N2 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " engaged, "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N3 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " not engaged, "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N4 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " actively disengaged, "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N5 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " unknown, "
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           MOVE N6 TO NUMBER-TEXT
           STRING FUNCTION TRIM(NUMBER-TEXT) " prospects"
               DELIMITED BY SIZE INTO OUT-LINE POINTER OUT-AT
           DISPLAY FUNCTION TRIM(OUT-LINE TRAILING)
           CALL "eng_scores_free" USING BY VALUE SCORES
               RETURNING RC
           PERFORM CHECK.

       PRINT-ONE.
           CALL "eng_scorecard_new" USING BY REFERENCE CARD
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scorecard_score" USING
               BY VALUE CARD
               BY VALUE LEDGER
               BY VALUE RULEBOOK
               BY REFERENCE "C0001"
               BY VALUE SIZE AUTO ID-LEN
               BY VALUE SIZE AUTO AS-OF
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scorecard_contribution_count" USING
               BY VALUE CARD
               BY REFERENCE N1
               RETURNING RC
           PERFORM CHECK
           DISPLAY "why C0001 scores so:"
           PERFORM VARYING J FROM 0 BY 1 UNTIL J >= N1
               CALL "eng_scorecard_contribution" USING
                   BY VALUE CARD
                   BY VALUE SIZE AUTO J
                   BY VALUE NULL-PTR
                   BY REFERENCE POINTS
                   BY VALUE NULL-PTR
                   BY REFERENCE BUFFER
                   BY VALUE SIZE AUTO BUFFER-SIZE
                   BY REFERENCE NEEDED
                   RETURNING RC
               PERFORM CHECK
               COMPUTE NEEDED = NEEDED - 1
               MOVE SPACES TO OUT-LINE
               MOVE BUFFER(1:NEEDED) TO OUT-LINE(1:24)
               COMPUTE EDITED ROUNDED = POINTS
               MOVE EDITED TO OUT-LINE(26:10)
               DISPLAY FUNCTION TRIM(OUT-LINE TRAILING)
           END-PERFORM
           CALL "eng_scorecard_free" USING BY VALUE CARD
               RETURNING RC
           PERFORM CHECK.

       PRINT-FORECAST.
           COMPUTE RULES-LEN = FUNCTION LENGTH(RULES-TEXT)
           CALL "eng_rulebook_from_json" USING
               BY VALUE RULEBOOK
               BY REFERENCE RULES-TEXT
               BY VALUE SIZE AUTO RULES-LEN
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scorecard_new" USING BY REFERENCE CARD
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scorecard_score" USING
               BY VALUE CARD
               BY VALUE LEDGER
               BY VALUE RULEBOOK
               BY REFERENCE "C0001"
               BY VALUE SIZE AUTO ID-LEN
               BY VALUE SIZE AUTO AS-OF
               RETURNING RC
           PERFORM CHECK
           CALL "eng_scorecard_forecast" USING
               BY VALUE CARD
               BY REFERENCE ALIVE EXPECTED ORDER-VALUE LIFETIME-VALUE
                   VALUE-SAY VALUE-STAY VALUE-SPEND PRESENT-BITS
               RETURNING RC
           PERFORM CHECK
           IF PRESENT-BITS NOT = 127
               DISPLAY "no whole forecast" UPON STDERR
               MOVE 1 TO RETURN-CODE
               STOP RUN
           END-IF
           DISPLAY "the next 39 weeks of C0001:"
           MOVE "probability alive" TO LABEL-TEXT
           COMPUTE EDITED ROUNDED = ALIVE
           DISPLAY LABEL-TEXT " " EDITED
           MOVE "expected purchases" TO LABEL-TEXT
           COMPUTE EDITED ROUNDED = EXPECTED
           DISPLAY LABEL-TEXT " " EDITED
           MOVE "expected order value" TO LABEL-TEXT
           COMPUTE EDITED ROUNDED = ORDER-VALUE
           DISPLAY LABEL-TEXT " " EDITED
           MOVE "lifetime value" TO LABEL-TEXT
           MOVE LIFETIME-VALUE TO AMOUNT
           PERFORM PRINT-AMOUNT
           MOVE "of it stay" TO LABEL-TEXT
           MOVE VALUE-STAY TO AMOUNT
           PERFORM PRINT-AMOUNT
           MOVE "of it spend" TO LABEL-TEXT
           MOVE VALUE-SPEND TO AMOUNT
           PERFORM PRINT-AMOUNT
           CALL "eng_scorecard_free" USING BY VALUE CARD
               RETURNING RC
           PERFORM CHECK.

       PRINT-AMOUNT.
           CALL "eng_format_money" USING
               BY VALUE SIZE AUTO AMOUNT
               BY REFERENCE BUFFER
               BY VALUE SIZE AUTO BUFFER-SIZE
               BY REFERENCE NEEDED
               RETURNING RC
           PERFORM CHECK
           COMPUTE NEEDED = NEEDED - 1
           DISPLAY LABEL-TEXT " " BUFFER(1:NEEDED).

       CHECK.
           IF RC NOT = ENG-OK
               CALL "eng_status_text" USING
                   BY VALUE SIZE AUTO RC
                   BY REFERENCE BUFFER
                   BY VALUE SIZE AUTO BUFFER-SIZE
                   BY REFERENCE NEEDED
               COMPUTE NEEDED = NEEDED - 1
               DISPLAY "error: " BUFFER(1:NEEDED) UPON STDERR
               MOVE 1 TO RETURN-CODE
               STOP RUN
           END-IF.
       END PROGRAM CLIENT.
